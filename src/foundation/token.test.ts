import { describe, expect, test, vi } from 'vitest';
import {
  type Answer,
  type CloudFoundry,
  type CloudFoundryAnswers,
  grant,
  refusal,
  serveCloudFoundry,
} from '../../test/support/foundation/cloud-foundry.js';
import { type RecordedLog, recordedLog } from '../../test/support/foundation/recorded-log.js';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { describeError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import type { ApiError } from './api-error.js';
import { createTokenSource, type Login, type TokenSource } from './token.js';

const MINUTE = 60_000;
const PASSWORD = 'pa+ss%41 & : ü/=?#';
const BY_PASSWORD: Login = { grant: 'password', username: 'reader@example.org', password: new Secret(PASSWORD) };
const BY_CLIENT: Login = { grant: 'client_credentials', clientId: 'scraper', clientSecret: new Secret(PASSWORD) };

interface Started {
  readonly tokens: TokenSource;
  readonly uaa: CloudFoundry;
  readonly clock: ManualClock;
  readonly logged: RecordedLog;
  readonly results: string[];
  /** When it was said that UAA may have moved. */
  readonly missing: number[];
}

async function source(uaa: CloudFoundryAnswers['uaa'], login: Login = BY_PASSWORD, path = ''): Promise<Started> {
  const server = await serveCloudFoundry({ ...(uaa === undefined ? {} : { uaa }) });
  const clock = manualClock();
  const logged = recordedLog();
  const results: string[] = [];
  const missing: number[] = [];
  const tokens = createTokenSource({
    login,
    loginUrl: async () => server.origin + path,
    onMissing: () => missing.push(clock.monotonic()),
    connections: connectionsWith(),
    clock,
    log: logged.log,
    observe: { tokenRequested: (by, result) => results.push(`${by} ${result}`) },
  });
  return { tokens, uaa: server, clock, logged, results, missing };
}

async function failure(tokens: TokenSource): Promise<ApiError> {
  return await tokens.token().then(
    () => expect.unreachable('a token came'),
    (error: ApiError) => error,
  );
}

/** The renewal ahead of expiry runs beside the call: this waits for its end. */
async function renewed(uaa: CloudFoundry, logins: number): Promise<void> {
  await vi.waitFor(() => expect(uaa.logins.length).toBe(logins));
}

function grantsOf(uaa: CloudFoundry): (string | undefined)[] {
  return uaa.logins.map((form) => form['grant_type']);
}

describe('the request', () => {
  test.each<[string, Login, Record<string, string>]>([
    [
      'password',
      BY_PASSWORD,
      {
        grant_type: 'password',
        username: 'reader@example.org',
        password: PASSWORD,
        client_id: 'cf',
        client_secret: '',
      },
    ],
    ['client', BY_CLIENT, { grant_type: 'client_credentials', client_id: 'scraper', client_secret: PASSWORD }],
  ])('%s: a form, with every character unharmed', async (_, login, form) => {
    const { tokens, uaa, results } = await source(undefined, login);
    expect(await tokens.token()).toBe('token-1');
    expect(uaa.logins).toEqual([form]);
    expect(results).toEqual([`${login.grant} success`]);
  });

  test.each(['', '/', '/uaa', '/uaa/'])('goes to oauth/token below "%s"', async (path) => {
    const { tokens, uaa } = await source(undefined, BY_PASSWORD, path);
    await tokens.token();
    expect(uaa.logins.length).toBe(1);
  });

  test('is one for fifty callers', async () => {
    const { tokens, uaa } = await source(undefined);
    const all = await Promise.all(Array.from({ length: 50 }, () => tokens.token()));
    expect(new Set(all)).toEqual(new Set(['token-1']));
    expect(uaa.logins.length).toBe(1);
  });
});

describe('renewal', () => {
  const withRefresh = (_: unknown, count: number): Answer =>
    grant(`token-${count}`, { refresh_token: `refresh-${count}`, expires_in: 1200 });

  test('ahead of expiry, once, while the old token serves', async () => {
    const { tokens, uaa, clock } = await source(withRefresh);
    await tokens.token();
    clock.advance(19 * MINUTE - 1);
    expect(await tokens.token()).toBe('token-1');
    expect(uaa.logins.length).toBe(1);
    clock.advance(1);
    expect(await Promise.all([tokens.token(), tokens.token()])).toEqual(['token-1', 'token-1']);
    await renewed(uaa, 2);
    await vi.waitFor(async () => expect(await tokens.token()).toBe('token-2'));
    expect(uaa.logins.length).toBe(2);
    expect(uaa.logins[1]).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-1',
      client_id: 'cf',
      client_secret: '',
    });
  });

  test('an expired one is never handed out', async () => {
    const { tokens, clock } = await source(withRefresh);
    await tokens.token();
    clock.advance(20 * MINUTE);
    expect(await tokens.token()).toBe('token-2');
  });

  test('a short-lived one is renewed at half of its life', async () => {
    const { tokens, uaa, clock } = await source((_, count) => grant(`token-${count}`, { expires_in: 60 }));
    await tokens.token();
    clock.advance(29_999);
    await tokens.token();
    expect(uaa.logins.length).toBe(1);
    clock.advance(1);
    expect(await tokens.token()).toBe('token-1');
    await renewed(uaa, 2);
  });

  test('by the refresh token that came last', async () => {
    const { tokens, uaa, clock } = await source(withRefresh);
    for (const _ of [1, 2, 3]) {
      await tokens.token();
      clock.advance(20 * MINUTE);
    }
    expect(uaa.logins.map((form) => form['refresh_token'])).toEqual([undefined, 'refresh-1', 'refresh-2']);
  });

  test('a client without refresh token logs in again', async () => {
    const { tokens, uaa, clock } = await source(undefined, BY_CLIENT);
    await tokens.token();
    clock.advance(20 * MINUTE);
    await tokens.token();
    expect(uaa.logins.map((form) => form['grant_type'])).toEqual(['client_credentials', 'client_credentials']);
  });

  test.each<[string, Answer]>([
    ['expired', refusal('invalid_token', 'The token expired, was revoked, or the token ID is incorrect.')],
    ['of another client', refusal('invalid_grant', 'Wrong client for this refresh token: x', 400)],
    ['of a changed password', refusal('invalid_token', 'revocable signature mismatch')],
    ['empty', refusal('invalid_request', 'refresh_token parameter not provided', 400)],
    ['answered by a proxy with 401 in HTML', { status: 401, body: '<html>Unauthorized</html>' }],
    ['answered by 400 in HTML', { status: 400, body: '<html>Bad Request</html>' }],
    ['answered by 404 of the router', { status: 404, body: '404 Not Found' }],
    ['answered by 413', { status: 413, body: '' }],
  ])('a refresh token %s leads to a full login', async (_, answer) => {
    const { tokens, uaa, clock, results } = await source((form, count) =>
      form['grant_type'] === 'refresh_token' ? answer : grant(`token-${count}`, { refresh_token: 'r' }),
    );
    await tokens.token();
    clock.advance(20 * MINUTE);
    expect(await tokens.token()).toBe('token-3');
    expect(uaa.logins.map((form) => form['grant_type'])).toEqual(['password', 'refresh_token', 'password']);
    expect(results).toEqual(['password success', 'refresh_token refused', 'password success']);
  });

  test.each<[string, Answer]>([
    ['500', { status: 500, body: '' }],
    ['429', { status: 429, body: '' }],
    ['200 without token', { body: {} }],
    ['broken off', 'close'],
  ])('three refreshes in a row that fail by %s: the next try is a full login', async (_, answer) => {
    const { tokens, uaa, clock } = await source((form, count) =>
      form['grant_type'] === 'refresh_token' ? answer : grant(`token-${count}`, { refresh_token: 'r' }),
    );
    await tokens.token();
    clock.advance(20 * MINUTE);
    for (let n = 1; n <= 3; n += 1) {
      expect((await failure(tokens)).code).toBe('login_failed');
      clock.advance(MINUTE);
    }
    await tokens.token();
    expect(grantsOf(uaa)).toEqual(['password', 'refresh_token', 'refresh_token', 'refresh_token', 'password']);
  });

  test('a refresh that succeeds starts the count of its failures anew', async () => {
    const { tokens, uaa, clock } = await source((_form, count) =>
      [2, 3, 5, 6].includes(count) ? { status: 500, body: '' } : grant(`token-${count}`, { refresh_token: 'r' }),
    );
    await tokens.token();
    for (const _ of [1, 2]) {
      clock.advance(20 * MINUTE);
      await failure(tokens);
      clock.advance(MINUTE);
      await failure(tokens);
      clock.advance(MINUTE);
      await tokens.token();
    }
    expect(grantsOf(uaa)).toEqual(['password', ...Array.from({ length: 6 }, () => 'refresh_token')]);
  });

  test('UAA out of order is no refusal of the refresh token: no password is sent', async () => {
    const { tokens, uaa, clock } = await source((_, count) =>
      count === 2 ? { status: 503, body: 'maintenance' } : grant(`token-${count}`, { refresh_token: 'r' }),
    );
    await tokens.token();
    clock.advance(20 * MINUTE);
    expect((await failure(tokens)).code).toBe('login_failed');
    clock.advance(1_000);
    expect(await tokens.token()).toBe('token-3');
    expect(uaa.logins.map((form) => form['grant_type'])).toEqual(['password', 'refresh_token', 'refresh_token']);
  });

  test('a refused refresh token is not tried again, even when the login after it fails', async () => {
    const { tokens, uaa, clock } = await source((form, count) => {
      if (form['grant_type'] === 'refresh_token') return refusal('invalid_token', 'revoked');
      return count === 3 ? { status: 503, body: '' } : grant(`token-${count}`, { refresh_token: 'r' });
    });
    await tokens.token();
    clock.advance(20 * MINUTE);
    await failure(tokens);
    clock.advance(1_000);
    expect(await tokens.token()).toBe('token-4');
    expect(uaa.logins.map((form) => form['grant_type'])).toEqual(['password', 'refresh_token', 'password', 'password']);
  });

  test('a failing renewal leaves the old token in force until it expires', async () => {
    const { tokens, uaa, clock } = await source((_, count) =>
      count === 1 ? grant('token-1', { expires_in: 1200 }) : refusal('unauthorized', 'Bad credentials'),
    );
    await tokens.token();
    clock.advance(19 * MINUTE);
    expect(await tokens.token()).toBe('token-1');
    await renewed(uaa, 2);
    clock.advance(MINUTE - 1);
    expect(await tokens.token()).toBe('token-1');
    clock.advance(1);
    expect((await failure(tokens)).code).toBe('login_refused');
    expect(uaa.logins.length).toBe(2);
  });

  test('a token that the API refuses is replaced, an older one changes nothing', async () => {
    const { tokens, uaa } = await source(undefined);
    await tokens.token();
    tokens.reject('token-0');
    expect(await tokens.token()).toBe('token-1');
    tokens.reject('token-1');
    expect(await tokens.token()).toBe('token-2');
    expect(uaa.logins.length).toBe(2);
  });

  test('expiry is told', async () => {
    const { tokens, clock } = await source(withRefresh);
    expect(tokens.expiresAtMs).toBe(undefined);
    await tokens.token();
    expect(tokens.expiresAtMs).toBe(clock.now() + 20 * MINUTE);
  });
});

describe('refused credentials', () => {
  test.each<[string, Answer]>([
    ['unauthorized', refusal('unauthorized', 'Bad credentials')],
    ['invalid_client', refusal('invalid_client', 'Bad credentials')],
    ['locked', refusal('unauthorized', 'Your account has been locked because of too many failed attempts to login.')],
    ['not verified', refusal('access_denied', 'Account not verified', 403)],
    ['401 in HTML of a proxy', { status: 401, body: '<html>Unauthorized</html>' }],
    ['403 in HTML of a proxy', { status: 403, body: '<html>Forbidden</html>' }],
    ['grant not allowed', refusal('unsupported_grant_type', 'Unsupported grant type', 400)],
  ])('%s: no second request for 10, 20, 60, 60 minutes, whoever asks', async (_, answer) => {
    const { tokens, uaa, clock } = await source(() => answer);
    let requests = 0;
    for (const minutes of [10, 20, 60, 60]) {
      requests += 1;
      const errors = await Promise.all([failure(tokens), failure(tokens), failure(tokens)]);
      expect(errors.map((error) => error.code)).toEqual(['login_refused', 'login_refused', 'login_refused']);
      clock.advance(minutes * MINUTE - 1);
      await failure(tokens);
      expect(uaa.logins.length).toBe(requests);
      clock.advance(1);
    }
  });

  test('a success clears the count', async () => {
    const { tokens, uaa, clock } = await source((_, count) =>
      count === 2 ? grant('good', { expires_in: 60 }) : refusal('unauthorized', 'Bad credentials'),
    );
    await failure(tokens);
    clock.advance(10 * MINUTE);
    expect(await tokens.token()).toBe('good');
    clock.advance(MINUTE);
    await failure(tokens);
    clock.advance(10 * MINUTE);
    await failure(tokens);
    expect(uaa.logins.length).toBe(4);
  });

  test('who asks during the pause is told what is left of it', async () => {
    const { tokens, clock } = await source(() => refusal('unauthorized', 'Bad credentials'));
    const first = await failure(tokens);
    expect([first.retryAfterMs, first.message.match(/asked again in .*/)?.[0]]).toEqual([
      10 * MINUTE,
      'asked again in 10 min',
    ]);
    clock.advance(7 * MINUTE);
    const later = await failure(tokens);
    expect([later.retryAfterMs, later.message.match(/asked again in .*/)?.[0]]).toEqual([
      3 * MINUTE,
      'asked again in 3 min',
    ]);
  });

  test('the error names UAA, what it refuses and why', async () => {
    const { tokens, uaa, logged } = await source(() => refusal('unauthorized', 'Bad\ncredentials'));
    const error = await failure(tokens);
    expect(error.message).toContain(
      `UAA at ${uaa.origin} refuses user and password (401 unauthorized: Bad credentials)`,
    );
    expect(logged.count('Bad credentials')).toBe(1);
  });
});

describe('that UAA may have moved', () => {
  test.each<[string, Answer, number]>([
    ['200', grant('token-1'), 0],
    ['401', refusal('unauthorized', 'Bad credentials'), 0],
    ['404', { status: 404, headers: { 'x-cf-routererror': 'unknown_route' }, body: '' }, 1],
    ['502', { status: 502, body: '' }, 0],
    ['a connection that breaks off', 'close', 1],
  ])('%s', async (_, answer, times) => {
    const { tokens, missing } = await source(() => answer);
    await tokens.token().catch(() => undefined);
    expect(missing.length).toBe(times);
  });
});

describe('a fault in the log', () => {
  test('is one line while it lasts, another for another reason, and one for its end', async () => {
    const answers: Answer[] = [502, 502, 502, 503, 502].map((status) => ({ status, body: '' }));
    const { tokens, clock, logged } = await source((_, count) => answers[count - 1] ?? grant('token'));
    for (let n = 0; n < answers.length; n += 1) {
      await failure(tokens);
      clock.advance(30_000);
    }
    await tokens.token();
    expect(logged.count('no token can be had')).toBe(2);
    expect(logged.count('a token can be had again')).toBe(1);
  });
});

describe('UAA cannot say', () => {
  test.each<[string, Answer, number]>([
    ['500', { status: 500, body: { error: 'server_error' } }, 1_000],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '90' }, body: 'maintenance' }, 90_000],
    [
      '429 with Retry-After',
      { status: 429, headers: { 'retry-after': '30' }, body: { error: '429 - Too Many Request' } },
      30_000,
    ],
    ['302 to a login page', { status: 302, headers: { location: '/login' }, body: '' }, 1_000],
    [
      '404 of the router',
      { status: 404, headers: { 'x-cf-routererror': 'unknown_route' }, body: '404 Not Found' },
      1_000,
    ],
    ['400 in HTML', { status: 400, body: '<html>Bad Request</html>' }, 1_000],
    ['200 with HTML', { body: '<html>Welcome</html>' }, 1_000],
    ['200 without token', { body: { expires_in: 5 } }, 1_000],
    ['200 with an empty token', { body: { access_token: '', expires_in: 5 } }, 1_000],
    ['200 with a token that no header can carry', { body: { access_token: 'a\r\nb', expires_in: 5 } }, 1_000],
    ['200 without expiry', { body: { access_token: 'x' } }, 1_000],
    ['a connection that breaks off', 'close', 1_000],
  ])('%s is login_failed', async (_, answer, pauseMs) => {
    const { tokens, uaa, clock, results } = await source((_form, count) => (count === 1 ? answer : grant('good')));
    const error = await failure(tokens);
    expect([error.code, error.retryAfterMs]).toEqual(['login_failed', pauseMs]);
    expect(results).toEqual(['password failed']);
    clock.advance(pauseMs - 1);
    await failure(tokens);
    expect(uaa.logins.length).toBe(1);
    clock.advance(1);
    expect(await tokens.token()).toBe('good');
  });

  test('pauses grow to half a minute', async () => {
    const { tokens, uaa, clock } = await source(() => ({ status: 500, body: '' }));
    const pauses: (number | undefined)[] = [];
    for (let n = 1; n <= 6; n += 1) {
      const { retryAfterMs } = await failure(tokens);
      pauses.push(retryAfterMs);
      clock.advance(retryAfterMs ?? 0);
    }
    expect(pauses).toEqual([1_000, 5_000, 15_000, 30_000, 30_000, 30_000]);
    expect(uaa.logins.length).toBe(6);
  });

  test('no answer within 30 s', async () => {
    const { tokens, uaa } = await source(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const failing = failure(tokens);
      while (uaa.logins.length === 0) await new Promise(setImmediate);
      vi.advanceTimersByTime(30_000);
      const error = await failing;
      expect(error.code).toBe('login_failed');
      expect(describeError(error)).toContain('not complete in time');
    } finally {
      vi.useRealTimers();
    }
  });

  test('an unreadable root document is a failed login too', async () => {
    const clock = manualClock();
    const tokens = createTokenSource({
      login: BY_PASSWORD,
      loginUrl: () => Promise.reject(new Error('no root document')),
      onMissing: () => undefined,
      connections: connectionsWith(),
      clock,
      log: recordedLog().log,
      observe: { tokenRequested: () => undefined },
    });
    const error = await failure(tokens);
    expect([error.code, error.message]).toEqual(['login_failed', 'no root document; asked again in 1 s']);
  });
});

test('no secret stands in an error or a log line, even when UAA quotes it', async () => {
  const { tokens, clock, logged } = await source((form, count) => {
    if (count === 1) return grant('secret-token-1', { refresh_token: 'secret-refresh' });
    return refusal('invalid_token', `cannot use ${form['refresh_token'] ?? form['password']} here`);
  });
  await tokens.token();
  clock.advance(20 * MINUTE);
  const error = await failure(tokens);
  const told = [describeError(error), JSON.stringify(error), ...logged.lines].join('\n');
  expect(told).toContain('cannot use <secret> here');
  for (const secret of [PASSWORD, 'secret-refresh', 'secret-token']) expect(told).not.toContain(secret);
});
