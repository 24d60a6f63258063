import { z } from 'zod';
import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError, oneLine } from '../base/errors.js';
import { withoutSecrets } from '../base/without-secrets.js';
import type { Connections } from '../outbound/connections.js';
import { fetchWhole, header, type WholeAnswer } from '../outbound/fetch-whole.js';
import { tlsHint } from '../outbound/tls-hint.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';
import { ApiError } from './api-error.js';
import { createEndpointSource } from './endpoint-source.js';
import { createLimits, pauseAskedFor } from './obey-limits.js';
import type { Pace } from './pace.js';
import type { ResourceKind } from './resources.js';
import { type Endpoints, OLDEST_API_VERSION, readRoot } from './root-document.js';
import { createTokenSource, type Login, type NextTry, type TokenObserver, type TokenSource } from './token.js';

export type RequestKind = ResourceKind | 'root' | 'ping';

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
  /** `told` unless said. */
  readonly nextTry?: NextTry | undefined;
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
  /**
   * Asks for `/v3/info`, which needs no token and is sent one where we have one: requests without count for our address,
   * of which there is a lower limit (facts/cloud-foundry.md 4).
   *
   * @throws {ApiError} when no answer comes in time (which begins with its turn), or not one of the API
   */
  ping(timeoutMs: Milliseconds): Promise<void>;
  readonly tokens: TokenSource;
}

export interface ApiAnswer {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  /** `X-Vcap-Request-Id`, for the platform's operators. */
  readonly requestId: string | undefined;
  /** When it was asked for, by the server's clock; undefined when the answer tells no time. */
  readonly askedAtMs: Milliseconds | undefined;
}

/** The body may pause this long between two bytes. */
const PAUSE_TIMEOUT_MS: Milliseconds = 10_000;
/** 5,000 applications with long annotations are about 12 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** For the whole of an answer: one that drips would else hold up all lists. */
const ANSWER_MS: Milliseconds = 120_000;
const PING_PATH = '/v3/info';
const ROOT_TIMEOUT_MS: Milliseconds = 10_000;
/** A token that was refused as soon as it was issued is not replaced for so long: longer than a round takes. */
const DOOMED_MS: Milliseconds = 30_000;

const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.number(), title: z.string(), detail: z.string() })).min(1),
});

export function createApiClient(options: ApiClientOptions): ApiClient {
  const { clock, log, observe, connections, pace } = options;
  const requestLog = log.child('api');
  const api = new URL(options.apiUrl);
  const endpoints = createEndpointSource({ read: readEndpoints, clock, log });
  const limits = createLimits({ pace, clock, log });
  const refusals = createRepeats(clock);
  let isFound = false;
  let doomed: { readonly token: string; readonly since: Milliseconds } | undefined;

  const tokens = createTokenSource({
    login: options.login,
    loginUrl: async () => (await endpoints.find()).loginUrl,
    onMissing: () => endpoints.doubt(),
    connections,
    clock,
    log: log.child('uaa'),
    observe,
    nextTry: options.nextTry,
  });

  async function readEndpoints(): Promise<Endpoints> {
    const answer = await exchange('root', '/', ROOT_TIMEOUT_MS, {});
    const found = readRoot(parseJson(answer, `${api.origin}/`));
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
    log[isFound ? 'debug' : 'info']('found Cloud Foundry', {
      api: api.origin,
      version: found.apiVersion,
      login: found.loginUrl,
    });
    isFound = true;
    return found;
  }

  async function exchange(
    kind: RequestKind,
    path: string,
    headTimeoutMs: Milliseconds,
    headers: Readonly<Record<string, string>>,
  ): Promise<ApiAnswer> {
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
      const askedAtMs = serverTime(answer, clock.monotonic() - startedAt);
      // Without a token the limit is another one, of our address.
      if ('authorization' in headers) limits.obey(answer);
      const hide = (words: string): string =>
        withoutSecrets(words, [headers['authorization']?.replace(/^bearer /, '')]);
      if (answer.status !== 200) throw statusError(answer, path, hide);
      return apiAnswer(answer, askedAtMs, hide);
    });
  }

  function statusError(answer: WholeAnswer, path: string, hide: Hide): ApiError {
    const sentence = `GET ${api.origin}${shorten(path)} was answered by ${answer.status} ${errorWords(answer, hide)}`;
    return new ApiError('api_status', sentence, {
      status: answer.status,
      requestId: hiddenHeader(answer, 'x-vcap-request-id', hide),
      retryAfterMs: pauseAskedFor(answer, clock.now()),
    });
  }

  async function getWith(token: string, kind: ResourceKind, path: string): Promise<ApiAnswer> {
    return await exchange(kind, path, options.headTimeoutMs[kind], { authorization: `bearer ${token}` });
  }

  /** Each list under way meets it; a token revoked again and again is one fault. */
  function tellRefusal({ requestId, message }: ApiError): void {
    const times = refusals.occurred('refused');
    if (times === undefined) return;
    const words = { requestId, reason: message };
    log.info('the API refuses our token, asking for another', times === 1 ? words : { times, ...words });
  }

  /** An API that refuses whatever UAA issues would else cost a login for each list of a round. */
  function isDoomed(token: string): boolean {
    return token === doomed?.token && clock.monotonic() - doomed.since < DOOMED_MS;
  }

  return {
    async get(kind, path) {
      endpoints.freshen();
      const first = await tokens.token();
      try {
        return await getWith(first, kind, path);
      } catch (error) {
        if (!isRefusedToken(error) || isDoomed(first)) throw error;
        if (tokens.reject(first) === 'given up') tellRefusal(error);
      }
      const second = await tokens.token();
      try {
        return await getWith(second, kind, path);
      } catch (error) {
        if (isRefusedToken(error) && !isDoomed(second)) doomed = { token: second, since: clock.monotonic() };
        throw error;
      }
    },
    async ping(timeoutMs) {
      const isTokenGood = (tokens.expiresAtMs ?? 0) > clock.now();
      const token = isTokenGood ? await tokens.token() : undefined;
      const headers: Readonly<Record<string, string>> = token === undefined ? {} : { authorization: `bearer ${token}` };
      try {
        await exchange('ping', PING_PATH, timeoutMs, headers);
      } catch (error) {
        if (!provesLife(error)) throw error;
      }
    },
    tokens,
  };
}

/** That the API refuses us or is limited says that it is there; 404 is a router that knows no API, or a wrong one. */
function provesLife(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.code === 'api_paused') return true;
  return error.code === 'api_status' && [401, 403, 429].includes(error.status ?? 0);
}

function isRefusedToken(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 'api_status' && error.status === 401;
}

/** Takes our token out of words of whoever answers: a gateway in between may quote what it was sent. */
type Hide = (words: string) => string;

function hiddenHeader({ headers }: WholeAnswer, name: string, hide: Hide): string | undefined {
  const value = header(headers, name);
  return value === undefined ? undefined : hide(value);
}

function apiAnswer(answer: WholeAnswer, askedAtMs: Milliseconds | undefined, hide: Hide): ApiAnswer {
  return {
    askedAtMs,
    body: answer.body,
    contentType: hiddenHeader(answer, 'content-type', hide),
    requestId: hiddenHeader(answer, 'x-vcap-request-id', hide),
  };
}

function serverTime({ headers }: WholeAnswer, tookMs: Milliseconds): Milliseconds | undefined {
  const answeredAt = Date.parse(header(headers, 'date') ?? '');
  return Number.isNaN(answeredAt) ? undefined : answeredAt - tookMs;
}

/**
 * Parses an answer, or a part of it.
 *
 * @throws {ApiError} `api_answer`, naming what was asked for and the type that came
 */
export function parseJson(answer: ApiAnswer, what: string, part?: string): unknown {
  try {
    return JSON.parse(part ?? answer.body.toString('utf8'));
  } catch {
    // The parser's own words quote the body, and so would a cause: it may hold what we sent.
    const type = oneLine(answer.contentType ?? 'no Content-Type').slice(0, 100);
    throw new ApiError('api_answer', `${what}: the answer is no JSON (${type})`, { requestId: answer.requestId });
  }
}

function resultOf(status: number): 'success' | 'refused' | 'limited' | 'error' {
  if (status === 200) return 'success';
  if (status === 401 || status === 403) return 'refused';
  return status === 429 ? 'limited' : 'error';
}

/** `10003 CF-NotAuthorized: …` of a CAPI error, else the router's word, else the beginning of the body. */
function errorWords(answer: WholeAnswer, hide: Hide): string {
  const routerError = header(answer.headers, 'x-cf-routererror');
  if (routerError !== undefined) return oneLine(hide(`(router: ${routerError})`)).slice(0, 200);
  const text = answer.body.subarray(0, 10_000).toString('utf8');
  try {
    const { errors } = errorsSchema.parse(JSON.parse(text));
    return oneLine(hide(errors.map((each) => `${each.code} ${each.title}: ${each.detail}`).join(', '))).slice(0, 400);
  } catch {
    return oneLine(
      hide(text)
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' '),
    ).slice(0, 120);
  }
}

/** Guids by the hundred say nothing to anybody. */
function shorten(path: string): string {
  return path.length <= 200 ? path : `${path.slice(0, 200)}…`;
}
