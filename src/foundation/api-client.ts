import { z } from 'zod';
import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError, oneLine } from '../base/errors.js';
import type { Connections } from '../outbound/connections.js';
import { fetchWhole, header, type WholeAnswer } from '../outbound/fetch-whole.js';
import { retryAfterMs } from '../outbound/retry-after.js';
import { tlsHint } from '../outbound/tls-hint.js';
import type { Log } from '../telemetry/log.js';
import { ApiError } from './api-error.js';
import type { Pace } from './pace.js';
import type { ResourceKind } from './resources.js';
import { type Endpoints, OLDEST_API_VERSION, readRoot } from './root-document.js';
import { createTokenSource, type Login, type TokenObserver, type TokenSource } from './token.js';

export type RequestKind = ResourceKind | 'root';

export interface ApiClientOptions {
  /** `https://api.example.org[:port]`. */
  readonly apiUrl: string;
  readonly login: Login;
  readonly connections: Connections;
  /** The option that the TLS settings of `connections` stand in, for people: `cf.tls_config`. */
  readonly tlsGroup: string;
  readonly pace: Pace;
  /** Longest wait for the head of an answer, by kind. */
  readonly headTimeoutMs: Readonly<Record<ResourceKind, Milliseconds>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: ApiObserver;
}

export interface ApiObserver extends TokenObserver {
  requested(request: {
    readonly kind: RequestKind;
    readonly result: 'success' | 'unreachable' | 'refused' | 'limited' | 'error';
    readonly tookMs: Milliseconds;
    readonly waitedMs: Milliseconds;
    readonly bytes: number;
  }): void;
}

export interface ApiClient {
  /**
   * The answer at `path` (with query), asked for with our token. A token that is refused is renewed once, for all callers.
   *
   * @throws {ApiError} also for every status but 200
   */
  get(kind: ResourceKind, path: string): Promise<ApiAnswer>;
  readonly tokens: TokenSource;
}

export interface ApiAnswer {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  /** `X-Vcap-Request-Id`, for the platform's operators. */
  readonly requestId: string | undefined;
}

/** The body may pause this long between two bytes. */
const PAUSE_TIMEOUT_MS: Milliseconds = 10_000;
/** 5,000 applications with long annotations are about 12 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** For the whole of an answer: one that drips would else hold up all lists. */
const ANSWER_MS: Milliseconds = 120_000;
const ROOT_TIMEOUT_MS: Milliseconds = 30_000;
/** A token that was refused as soon as it was issued is not replaced for so long: longer than a round takes. */
const DOOMED_MS: Milliseconds = 30_000;

const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.number(), title: z.string(), detail: z.string() })).min(1),
});

export function createApiClient(options: ApiClientOptions): ApiClient {
  const { clock, log, observe, connections, pace } = options;
  const requestLog = log.child('api');
  const api = new URL(options.apiUrl);
  let endpoints: Promise<Endpoints> | undefined;
  let doomed: { readonly token: string; readonly since: Milliseconds } | undefined;

  const tokens = createTokenSource({
    login: options.login,
    loginUrl: async () => (await findEndpoints()).loginUrl,
    connections,
    clock,
    log: log.child('uaa'),
    observe,
  });

  /** Read once; again after a failure. */
  function findEndpoints(): Promise<Endpoints> {
    endpoints ??= readEndpoints().catch((error) => {
      endpoints = undefined;
      throw error;
    });
    return endpoints;
  }

  async function readEndpoints(): Promise<Endpoints> {
    const answer = await exchange('root', '/', ROOT_TIMEOUT_MS, {});
    const found = readRoot(parseJson(apiAnswer(answer), `${api.origin}/`));
    if (found === undefined) {
      throw new ApiError(
        'api_answer',
        `${api.origin}/ names no UAA (links.login, links.uaa): is this the API of a Cloud Foundry?`,
      );
    }
    if (found.tooOld) {
      log.error(`the API is older than ${OLDEST_API_VERSION}, which this program needs; lists may be refused`, {
        version: found.apiVersion,
      });
    }
    log.info('found Cloud Foundry', { api: api.origin, version: found.apiVersion, login: found.loginUrl });
    return found;
  }

  async function exchange(
    kind: RequestKind,
    path: string,
    headTimeoutMs: Milliseconds,
    headers: Readonly<Record<string, string>>,
  ): Promise<WholeAnswer> {
    return await pace.run(async (waitedMs) => {
      const startedAt = clock.monotonic();
      const tell = (result: 'success' | 'unreachable' | 'refused' | 'limited' | 'error', bytes: number): void =>
        observe.requested({ kind, result, tookMs: clock.monotonic() - startedAt, waitedMs, bytes });
      const answer = await fetchWhole(
        connections,
        {
          origin: api.origin,
          path,
          method: 'GET',
          headers: { accept: 'application/json', 'user-agent': 'promregator', ...headers },
          headTimeoutMs,
          pauseTimeoutMs: PAUSE_TIMEOUT_MS,
        },
        { maxBytes: MAX_ANSWER_BYTES, deadlineMs: ANSWER_MS },
      ).catch((cause) => {
        tell('unreachable', 0);
        const words = describeError(cause) + tlsHint(cause, options.tlsGroup);
        throw new ApiError('api_unreachable', `GET ${api.origin}${shorten(path)}: ${words}`, { cause });
      });
      tell(resultOf(answer.status), answer.body.length);
      if (requestLog.isEnabled('debug')) {
        const tookMs = Math.round(clock.monotonic() - startedAt);
        requestLog.debug('asked Cloud Foundry', {
          path: shorten(path),
          status: answer.status,
          bytes: answer.body.length,
          tookMs,
        });
      }
      if (answer.status !== 200) throw statusError(answer, path);
      return answer;
    });
  }

  function statusError(answer: WholeAnswer, path: string): ApiError {
    const sentence = `GET ${api.origin}${shorten(path)} was answered by ${answer.status} ${errorWords(answer)}`;
    return new ApiError('api_status', sentence, {
      status: answer.status,
      requestId: header(answer.headers, 'x-vcap-request-id'),
      retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), clock.now()),
    });
  }

  async function getWith(token: string, kind: ResourceKind, path: string): Promise<ApiAnswer> {
    const answer = await exchange(kind, path, options.headTimeoutMs[kind], { authorization: `bearer ${token}` });
    return apiAnswer(answer);
  }

  /** An API that refuses whatever UAA issues would else cost a login for each list of a round. */
  function isDoomed(token: string): boolean {
    return token === doomed?.token && clock.monotonic() - doomed.since < DOOMED_MS;
  }

  return {
    async get(kind, path) {
      const first = await tokens.token();
      try {
        return await getWith(first, kind, path);
      } catch (error) {
        if (!isRefusedToken(error) || isDoomed(first)) throw error;
        log.info('the API refuses our token, asking for another', {
          requestId: error.requestId,
          reason: error.message,
        });
        tokens.reject(first);
      }
      const second = await tokens.token();
      try {
        return await getWith(second, kind, path);
      } catch (error) {
        if (isRefusedToken(error) && !isDoomed(second)) doomed = { token: second, since: clock.monotonic() };
        throw error;
      }
    },
    tokens,
  };
}

function isRefusedToken(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 'api_status' && error.status === 401;
}

function apiAnswer(answer: WholeAnswer): ApiAnswer {
  return {
    body: answer.body,
    contentType: header(answer.headers, 'content-type'),
    requestId: header(answer.headers, 'x-vcap-request-id'),
  };
}

/**
 * Parses an answer, or a part of it.
 *
 * @throws {ApiError} `api_answer`, naming what was asked for and the type that came
 */
export function parseJson(answer: ApiAnswer, what: string, part?: string): unknown {
  try {
    return JSON.parse(part ?? answer.body.toString('utf8'));
  } catch (cause) {
    const type = oneLine(answer.contentType ?? 'no Content-Type').slice(0, 100);
    throw new ApiError('api_answer', `${what}: the answer is no JSON (${type})`, {
      cause,
      requestId: answer.requestId,
    });
  }
}

function resultOf(status: number): 'success' | 'refused' | 'limited' | 'error' {
  if (status === 200) return 'success';
  if (status === 401 || status === 403) return 'refused';
  return status === 429 ? 'limited' : 'error';
}

/** `10003 CF-NotAuthorized: …` of a CAPI error, else the router's word, else the beginning of the body. */
function errorWords(answer: WholeAnswer): string {
  const routerError = header(answer.headers, 'x-cf-routererror');
  if (routerError !== undefined) return oneLine(`(router: ${routerError})`).slice(0, 200);
  const text = answer.body.subarray(0, 10_000).toString('utf8');
  try {
    const { errors } = errorsSchema.parse(JSON.parse(text));
    return oneLine(errors.map((each) => `${each.code} ${each.title}: ${each.detail}`).join(', ')).slice(0, 400);
  } catch {
    return oneLine(text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')).slice(0, 120);
  }
}

/** Guids by the hundred say nothing to anybody. */
function shorten(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 200)}…`;
}
