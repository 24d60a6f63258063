import { randomUUID } from 'node:crypto';
import type { ApplicationRequest } from '../applications/application.js';
import { headerOf, type SimulatedRequest } from '../http/message.js';
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
  delete headers['x-cf-app-instance'];
  delete headers[CERTIFICATE_HEADER];
  const certificate = certificateOf(request);
  if (certificate !== undefined) headers[CERTIFICATE_HEADER] = certificate;
  const before = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before === undefined ? request.remoteAddress : `${before}, ${request.remoteAddress}`;
  headers['x-forwarded-proto'] ??= request.scheme;
  headers['x-request-start'] ??= String(nowMs);
  headers['x-vcap-request-id'] = randomUUID();
  headers['x-cf-applicationid'] = endpoint.instance.process.application.guid;
  headers['x-cf-instanceid'] = endpoint.instance.guid;
  headers['x-cf-instanceindex'] = String(endpoint.instance.index);
  return headers;
}

function plainHeaders(request: SimulatedRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(request.headers)) headers[name] = headerOf(request, name) ?? '';
  return headers;
}
