import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { errorCode } from '../../src/base/errors.js';
import type { Simulator } from '../simulator.js';

/** What came back, also of answers that broke off. */
export interface Reply {
  /** 0 when there was no head. */
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names as they were spelled. */
  readonly headerNames: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** Code of the error that ended it; absent for a whole answer. `ABORTED` when we gave up. */
  readonly error?: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The client's certificate. */
  readonly certificate?: { readonly key: Buffer; readonly cert: Buffer };
  /** Gives up after that many bytes of the body, or after that time. */
  readonly atMostBytes?: number;
  readonly atMostMs?: number;
}

/** One request on a connection of its own, led to the simulator by its `connectTo` entries. */
export function ask(simulator: Simulator, url: string, options: AskOptions = {}): Promise<Reply> {
  const target = new URL(url);
  const place = placeFor(simulator.connectTo, target);
  const settings = {
    host: place.address,
    port: place.port,
    servername: target.hostname,
    ca: readFileSync(simulator.caFile),
    agent: false,
    ...options.certificate,
    method: options.method ?? 'GET',
    path: `${target.pathname}${target.search}`,
    headers: { host: target.host, ...options.headers },
  };
  const send = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    let status = 0;
    let raw: readonly string[] = [];
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (error?: string): void => {
      const body = Buffer.concat(chunks);
      resolve({ status, ...readHeaders(raw), body, text: body.toString(), ...(error === undefined ? {} : { error }) });
    };
    const request = send(settings, (response) => {
      status = response.statusCode ?? 0;
      raw = response.rawHeaders;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.byteLength;
        if (size > (options.atMostBytes ?? Number.POSITIVE_INFINITY)) request.destroy(abandoned());
      });
      response.once('end', () => done());
      response.once('error', (error) => done(errorCode(error) ?? 'ERROR'));
    });
    request.once('error', (error) => done(errorCode(error) ?? 'ERROR'));
    const timer =
      options.atMostMs === undefined ? undefined : setTimeout(() => request.destroy(abandoned()), options.atMostMs);
    request.once('close', () => clearTimeout(timer));
    request.end(options.body);
  });
}

export interface TokenReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly reply: Reply;
}

/** A token request with the client `cf`, unless the parameters or headers say otherwise. */
export async function askToken(
  simulator: Simulator,
  params: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = { authorization: 'Basic Y2Y6' },
): Promise<TokenReply> {
  const login = simulator.apiHost.replace('//api.', '//login.');
  const reply = await ask(simulator, `${login}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
    body: new URLSearchParams(params).toString(),
  });
  const body: unknown = reply.text.startsWith('{') ? JSON.parse(reply.text) : {};
  return { status: reply.status, body: asRecord(body), reply };
}

/** The Authorization header of a user. */
export async function bearer(
  simulator: Simulator,
  username = simulator.username,
  password = simulator.password,
): Promise<string> {
  const { body } = await askToken(simulator, { grant_type: 'password', username, password });
  return `bearer ${String(body['access_token'])}`;
}

export interface ApiReply extends Reply {
  readonly json: Readonly<Record<string, unknown>>;
}

/** A GET to the API with a token of the main user. */
export async function askApi(simulator: Simulator, path: string, authorization?: string): Promise<ApiReply> {
  const headers = { authorization: authorization ?? (await bearer(simulator)) };
  const reply = await ask(simulator, `${simulator.apiHost}${path}`, { headers });
  const json: unknown = reply.text.startsWith('{') ? JSON.parse(reply.text) : {};
  return { ...reply, json: asRecord(json) };
}

/** The resources of a list. */
export function resourcesOf(reply: ApiReply): readonly Readonly<Record<string, unknown>>[] {
  const { resources } = reply.json;
  return Array.isArray(resources) ? resources.map(asRecord) : [];
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

interface Place {
  readonly address: string;
  readonly port: number;
}

function placeFor(entries: readonly string[], target: URL): Place {
  const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port;
  for (const entry of entries) {
    const [pattern = '', to = ''] = entry.split(' -> ');
    const [host = '', wanted = port] = pattern.split(':');
    const fits = host.startsWith('*.') ? target.hostname.endsWith(host.slice(1)) : target.hostname === host;
    const [address = '', toPort = ''] = to.split(':');
    if (fits && wanted === port) return { address, port: Number(toPort) };
  }
  throw new Error(`No connectTo entry fits ${target.host}`);
}

function readHeaders(raw: readonly string[]): Pick<Reply, 'headers' | 'headerNames'> {
  const headers: Record<string, string> = {};
  const headerNames: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const before = headers[name.toLowerCase()];
    headerNames.push(name);
    headers[name.toLowerCase()] = before === undefined ? (raw[index + 1] ?? '') : `${before}, ${raw[index + 1] ?? ''}`;
  }
  return { headers, headerNames };
}

function abandoned(): Error {
  return Object.assign(new Error('given up'), { code: 'ABORTED' });
}
