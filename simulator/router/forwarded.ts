import { randomUUID } from 'node:crypto';
import type { ApplicationRequest } from '../applications/application.js';
import { type Header, headerOf, type SimulatedRequest } from '../http/message.js';
import type { Endpoint } from './lookup.js';

/** The request as the router hands it to an instance: one header taken away, some added (facts 5.2, 5.3). */
export function forwardedRequest(request: SimulatedRequest, endpoint: Endpoint, nowMs: number): ApplicationRequest {
  return {
    method: request.method,
    path: request.path,
    query: request.query,
    port: endpoint.port,
    header: (name) => forwardedHeader(request, name),
    headers: () => forwardedHeaders(request, endpoint, nowMs),
  };
}

function forwardedHeader(request: SimulatedRequest, name: string): string | undefined {
  if (name === 'x-cf-app-instance') return undefined;
  return name === CERTIFICATE_HEADER ? certificateOf(request) : headerOf(request, name);
}

/** `forwarded_client_cert: sanitize_set` of the router: what clients write there themselves is taken away. */
const CERTIFICATE_HEADER = 'x-forwarded-client-cert';

function certificateOf({ clientCertificate }: SimulatedRequest): string | undefined {
  return clientCertificate?.der.toString('base64');
}

/** From another container: nothing is added or taken away (facts 5.5). */
export function directRequest(request: SimulatedRequest, port: number): ApplicationRequest {
  return {
    method: request.method,
    path: request.path,
    query: request.query,
    port,
    header: (name) => headerOf(request, name),
    headers: () => plainHeaders(request),
  };
}

function forwardedHeaders(request: SimulatedRequest, endpoint: Endpoint, nowMs: number): Record<string, string> {
  const headers = plainHeaders(request);
  for (const name of TAKEN_AWAY) delete headers[name];
  for (const [name, value] of headersSet(request, endpoint, nowMs)) headers[name.toLowerCase()] = value;
  return headers;
}

const TAKEN_AWAY: readonly string[] = ['x-cf-app-instance', CERTIFICATE_HEADER];

/** In place of what the client says under the same name (facts 5.3). */
function headersSet(request: SimulatedRequest, { instance }: Endpoint, nowMs: number): readonly Header[] {
  const before = headerOf(request, 'x-forwarded-for');
  const certificate = certificateOf(request);
  return [
    ['X-Forwarded-For', before === undefined ? request.remoteAddress : `${before}, ${request.remoteAddress}`],
    ['X-Forwarded-Proto', headerOf(request, 'x-forwarded-proto') ?? request.scheme],
    ['X-Request-Start', headerOf(request, 'x-request-start') ?? String(nowMs)],
    ['X-Vcap-Request-Id', randomUUID()],
    ['X-Cf-Applicationid', instance.process.application.guid],
    ['X-Cf-Instanceid', instance.guid],
    ['X-Cf-Instanceindex', String(instance.index)],
    ...(certificate === undefined ? [] : [[CERTIFICATE_HEADER, certificate] satisfies Header]),
  ];
}

/** What concerns one connection only (RFC 9110 7.6.1), and goes no further in either direction. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers as they go to a real process, several of the same name included. */
export function headersToProcess(request: SimulatedRequest, endpoint: Endpoint, nowMs: number): readonly Header[] {
  const set = headersSet(request, endpoint, nowMs);
  const replaced = new Set([...TAKEN_AWAY, ...set.map(([name]) => name.toLowerCase())]);
  return [...endToEnd(request.rawHeaders).filter(([name]) => !replaced.has(name.toLowerCase())), ...set];
}

/** Node's flat list of names and values, without what is for one connection only. */
export function endToEnd(raw: readonly string[]): readonly Header[] {
  const headers: Header[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push([name, raw[index + 1] ?? '']);
  }
  return headers;
}

function plainHeaders(request: SimulatedRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(request.headers)) headers[name] = headerOf(request, name) ?? '';
  return headers;
}
