import { z } from 'zod';
import type { Clock } from '../base/clock.js';
import { formatDuration, type Milliseconds } from '../base/duration.js';
import { describeError, oneLine } from '../base/errors.js';
import type { Secret } from '../base/secret.js';
import { withoutSecrets } from '../base/without-secrets.js';
import type { Connections } from '../outbound/connections.js';
import { fetchWhole, header, type WholeAnswer } from '../outbound/fetch-whole.js';
import { retryAfterMs } from '../outbound/retry-after.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';
import { ApiError, reasonOf } from './api-error.js';

export type Login =
  | { readonly grant: 'password'; readonly username: string; readonly password: Secret }
  | { readonly grant: 'client_credentials'; readonly clientId: string; readonly clientSecret: Secret };

/** `none`: the process ends with what failed, so that there is no next time to tell of. */
export type NextTry = 'told' | 'none';

export interface TokenOptions {
  readonly login: Login;
  /** Asked for at each request: the root document may not have been read yet. */
  readonly loginUrl: () => Promise<string>;
  /** Nobody answers there, or somebody who knows of no tokens: UAA may have moved. */
  readonly onMissing: () => void;
  readonly connections: Connections;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: TokenObserver;
  /** Whether errors say when UAA is asked again; `told` unless said. */
  readonly nextTry?: NextTry | undefined;
}

export interface TokenObserver {
  tokenRequested(grant: string, result: 'success' | 'refused' | 'failed'): void;
}

export interface TokenSource {
  /**
   * An access token that is still good for a while. All callers share one request for a new one.
   *
   * @throws {ApiError} `login_refused` or `login_failed`
   */
  token(): Promise<string>;
  /** The API did not take this token: the next call gets another one. `known` where it had been replaced before. */
  reject(token: string): 'given up' | 'known';
  /** Milliseconds since the epoch; undefined while there is none. */
  readonly expiresAtMs: Milliseconds | undefined;
}

/** The cf CLI renews when less than this is left; so do we, while the old one still serves. */
const RENEW_AHEAD_MS: Milliseconds = 60_000;

/** A number of JSON times a thousand may be infinite. */
const LONGEST_LIFETIME_MS: Milliseconds = 365 * 24 * 3_600_000;

const TIMEOUT_MS: Milliseconds = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Pauses after refused credentials. Five refusals within 20 minutes lock the account (facts/cloud-foundry.md 2.4), and
 * replicas share it: one try each in ten minutes leaves room for two of them and a person.
 */
const REFUSED_PAUSES_MS: readonly Milliseconds[] = [10 * 60_000, 20 * 60_000, 60 * 60_000];

/** Then the fault may be the refresh token's: some UAAs fall over one that they cannot read. */
const MOST_REFRESH_FAILURES = 3;

/** Pauses while UAA is out of order; short, since nothing is held against the account. */
const FAILED_PAUSES_MS: readonly Milliseconds[] = [1_000, 5_000, 15_000, 30_000];

const answerSchema = z.object({
  // What may stand in a header: RFC 6749 A.12 says printable ASCII.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).nullish(),
});

const errorSchema = z.object({ error: z.string(), error_description: z.string().nullish() });

interface Grant {
  readonly accessToken: string;
  readonly expiresAt: Milliseconds;
  readonly expiresAtMs: Milliseconds;
  readonly renewAt: Milliseconds;
}

export function createTokenSource(options: TokenOptions): TokenSource {
  const { login, clock, log, nextTry = 'told' } = options;
  let current: Grant | undefined;
  let refreshToken: string | undefined;
  let refreshFailures = 0;
  let flight: Promise<string> | undefined;
  let pause: { readonly until: Milliseconds; readonly error: ApiError } | undefined;
  let refusals = 0;
  let failures = 0;
  const faults = createRepeats(clock);

  function start(): Promise<string> {
    if (flight !== undefined) return flight;
    const leftMs = pause === undefined ? 0 : pause.until - clock.monotonic();
    if (pause !== undefined && leftMs > 0) return Promise.reject(held(leftMs, pause.error));
    flight = renew().finally(() => {
      flight = undefined;
    });
    return flight;
  }

  async function renew(): Promise<string> {
    try {
      const grant = (await refreshed()) ?? (await request(login.grant, loginForm(login)));
      refusals = 0;
      failures = 0;
      pause = undefined;
      current = grant;
      const times = faults.ended();
      if (times > 0) log.info('a token can be had again', { failures: times });
      return grant.accessToken;
    } catch (error) {
      throw hold(asLoginError(error));
    }
  }

  /**
   * By refresh token when there is one; undefined when UAA refuses it, for whatever reason: then a full login follows.
   * After failures in a row that are no refusals the next try is a full login.
   */
  async function refreshed(): Promise<Grant | undefined> {
    if (refreshToken === undefined) return undefined;
    try {
      return await request('refresh_token', {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        ...clientOf(login),
      });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'login_refused') {
        refreshFailures += 1;
        if (refreshFailures >= MOST_REFRESH_FAILURES) refreshToken = undefined;
        throw error;
      }
      refreshToken = undefined;
      log.info('the refresh token is no longer accepted, logging in anew', { reason: error.message });
      return undefined;
    }
  }

  /** Remembers the failure, so that the many callers of one round do not each ask again. */
  function hold(error: ApiError): ApiError {
    const refused = error.code === 'login_refused';
    const pauses = refused ? REFUSED_PAUSES_MS : FAILED_PAUSES_MS;
    const count = refused ? refusals : failures;
    const pauseMs = Math.max(pauses[Math.min(count, pauses.length - 1)] ?? 0, error.retryAfterMs ?? 0);
    if (refused) refusals += 1;
    else failures += 1;
    pause = { until: clock.monotonic() + pauseMs, error };
    const told = held(pauseMs, error);
    const times = faults.occurred(reasonOf(error));
    if (times !== undefined) {
      const fault = refused ? 'Cloud Foundry refuses the login' : 'no token can be had';
      log.error(fault, times === 1 ? { error: told } : { times, error: told });
    }
    return told;
  }

  function held(leftMs: Milliseconds, error: ApiError): ApiError {
    return nextTry === 'none' ? error : askedAgainIn(leftMs, error);
  }

  async function request(grant: string, form: Readonly<Record<string, string>>): Promise<Grant> {
    const url = await options.loginUrl();
    const askedAt = clock.monotonic();
    const answer = await post(url, form);
    if (answer.status === 200) {
      const grantedTokens = answerSchema.safeParse(jsonOf(answer));
      if (grantedTokens.success) {
        options.observe.tokenRequested(grant, 'success');
        return accept(grantedTokens.data, askedAt);
      }
    }
    if (answer.status === 404) options.onMissing();
    const error = refusalOf(answer, url, form);
    options.observe.tokenRequested(grant, error.code === 'login_refused' ? 'refused' : 'failed');
    throw error;
  }

  async function post(url: string, form: Readonly<Record<string, string>>): Promise<WholeAnswer> {
    const { origin, pathname } = new URL(url);
    try {
      return await fetchWhole(
        options.connections,
        {
          origin,
          path: `${pathname.replace(/\/$/, '')}/oauth/token`,
          method: 'POST',
          headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(form).toString(),
        },
        { maxBytes: MAX_ANSWER_BYTES, deadlineMs: TIMEOUT_MS },
      );
    } catch (error) {
      options.observe.tokenRequested(form['grant_type'] ?? '', 'failed');
      options.onMissing();
      throw new ApiError('login_failed', `no answer from UAA at ${origin}`, { cause: error });
    }
  }

  function accept(granted: z.infer<typeof answerSchema>, askedAt: Milliseconds): Grant {
    // An answer without one leaves the old one valid (RFC 6749 6).
    refreshToken = granted.refresh_token ?? refreshToken;
    refreshFailures = 0;
    const lifetimeMs = Math.min(granted.expires_in * 1000, LONGEST_LIFETIME_MS);
    return {
      accessToken: granted.access_token,
      expiresAt: askedAt + lifetimeMs,
      expiresAtMs: clock.now() + lifetimeMs,
      renewAt: askedAt + lifetimeMs - Math.min(RENEW_AHEAD_MS, lifetimeMs / 2),
    };
  }

  function refusalOf(answer: WholeAnswer, url: string, form: Readonly<Record<string, string>>): ApiError {
    const said = errorSchema.safeParse(jsonOf(answer));
    const reason = said.success ? `${said.data.error}: ${said.data.error_description ?? ''}` : 'no reason given';
    const words = oneLine(withoutSent(reason, form)).slice(0, 200);
    const byRefresh = form['grant_type'] === 'refresh_token';
    const refused = byRefresh ? isRefreshRefused(answer.status) : isLoginRefused(answer.status, said.success);
    const what = byRefresh ? 'the refresh token' : login.grant === 'password' ? 'user and password' : 'the client';
    const sentence = refused
      ? `UAA at ${url} refuses ${what} (${answer.status} ${words})`
      : `UAA at ${url} answered ${answer.status} and no token (${words})`;
    return new ApiError(refused ? 'login_refused' : 'login_failed', sentence, {
      status: answer.status,
      requestId: withoutSent(header(answer.headers, 'x-vcap-request-id') ?? '', form) || undefined,
      retryAfterMs: retryAfterMs(answer.headers, clock.now()),
    });
  }

  return {
    async token() {
      const now = clock.monotonic();
      if (current === undefined || now >= current.expiresAt) return await start();
      if (now >= current.renewAt) start().catch(() => undefined);
      return current.accessToken;
    },
    reject(token) {
      if (current?.accessToken !== token) return 'known';
      current = undefined;
      return 'given up';
    },
    get expiresAtMs() {
      return current?.expiresAtMs;
    },
  };
}

/**
 * 401 and 403 are a no even where a proxy has put HTML in place of UAA's reason: tries that UAA counts lock the account.
 * 400 is one only in UAA's words; 404, 429, 5xx and documents that are no grant mean that it cannot say.
 */
function isLoginRefused(status: number, isReasonGiven: boolean): boolean {
  return status === 401 || status === 403 || (status === 400 && isReasonGiven);
}

/** Whatever the words: a full login costs little and settles it. */
function isRefreshRefused(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

/** Without UAA's address there is no login either: what kept us from reading the root document is the cause. */
function asLoginError(error: unknown): ApiError {
  if (error instanceof ApiError && (error.code === 'login_refused' || error.code === 'login_failed')) return error;
  const details = error instanceof ApiError ? { requestId: error.requestId, retryAfterMs: error.retryAfterMs } : {};
  return new ApiError('login_failed', describeError(error), { ...details, cause: error });
}

function askedAgainIn(leftMs: Milliseconds, error: ApiError): ApiError {
  const { code, status, requestId, cause } = error;
  return new ApiError(code, `${error.message}; asked again in ${formatDuration(leftMs)}`, {
    ...(status === undefined ? {} : { status }),
    requestId,
    cause,
    retryAfterMs: leftMs,
  });
}

/** Some UAAs quote in their error what they were sent. */
function withoutSent(words: string, form: Readonly<Record<string, string>>): string {
  return withoutSecrets(words, [form['password'], form['client_secret'], form['refresh_token']]);
}

/** Form parameters took every secret on every UAA tried; Basic does not (facts/cloud-foundry.md 2.1). */
function clientOf(login: Login): { readonly client_id: string; readonly client_secret: string } {
  if (login.grant === 'password') return { client_id: 'cf', client_secret: '' };
  return { client_id: login.clientId, client_secret: login.clientSecret.reveal() };
}

function loginForm(login: Login): Readonly<Record<string, string>> {
  const client = clientOf(login);
  if (login.grant === 'client_credentials') return { grant_type: login.grant, ...client };
  return { grant_type: login.grant, username: login.username, password: login.password.reveal(), ...client };
}

function jsonOf(answer: WholeAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}
