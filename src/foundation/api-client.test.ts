import { describe, expect, test, vi } from 'vitest';
import { type ClientOfScript, clientOf, PASSWORD } from '../../test/support/foundation/api-client.js';
import { type Answer, grant, refusal } from '../../test/support/foundation/cloud-foundry.js';
import { describeError } from '../base/errors.js';
import { parseJson } from './api-client.js';
import type { ApiError } from './api-error.js';

const OK: Answer = { body: { fine: true } };

function capiError(status: number, code: number, title: string, detail: string): Answer {
  return { status, headers: { 'x-vcap-request-id': 'abc::def' }, body: { errors: [{ detail, title, code }] } };
}

const INVALID_TOKEN = capiError(401, 1000, 'CF-InvalidAuthToken', 'Invalid Auth Token');

async function failure({ api }: ClientOfScript): Promise<ApiError> {
  return await api.get('apps', '/v3/apps').then(
    () => expect.unreachable('an answer came'),
    (error: ApiError) => error,
  );
}

describe('get', () => {
  test('reads the root document once, logs in once, sends the token', async () => {
    const seen: (string | undefined)[] = [];
    const client = await clientOf({
      api: (_, request) => {
        seen.push(request.headers.authorization, request.headers.accept, request.headers['user-agent']);
        return OK;
      },
    });
    const [answer] = await Promise.all([client.api.get('apps', '/v3/apps'), client.api.get('spaces', '/v3/spaces')]);
    expect(parseJson(answer, 'apps')).toEqual({ fine: true });
    expect(seen.slice(0, 3)).toEqual(['bearer token-1', 'application/json', 'promregator']);
    expect([client.foundry.roots, client.foundry.logins.length]).toEqual([1, 1]);
    expect(client.results.sort()).toEqual(['apps success', 'password success', 'root success', 'spaces success']);
    expect(client.logged.count('found Cloud Foundry')).toBe(1);
  });

  test('a refused token is renewed once, and the request sent again', async () => {
    const client = await clientOf({
      api: (_, request) => (request.headers.authorization === 'bearer token-2' ? OK : INVALID_TOKEN),
    });
    await client.api.get('apps', '/v3/apps');
    expect(client.results).toEqual([
      'root success',
      'password success',
      'apps refused',
      'password success',
      'apps success',
    ]);
  });

  test('but not twice', async () => {
    const client = await clientOf({ api: () => INVALID_TOKEN });
    const error = await failure(client);
    expect([error.code, error.status]).toEqual(['api_status', 401]);
    expect(client.logged.count('abc::def')).toBe(1);
    expect([client.foundry.logins.length, client.foundry.requests.length]).toEqual([2, 2]);
  });

  test('six lists refused at once share the renewal', async () => {
    const client = await clientOf({
      api: (_, request) => (request.headers.authorization === 'bearer token-1' ? INVALID_TOKEN : OK),
    });
    await Promise.all(Array.from({ length: 6 }, () => client.api.get('apps', '/v3/apps')));
    expect(client.foundry.logins.length).toBe(2);
    expect(client.logged.count('refuses our token')).toBe(1);
  });

  test('tokens that are revoked again and again are told of every ten minutes', async () => {
    let revoked = 0;
    const client = await clientOf({
      api: (_, request) => (request.headers.authorization === `bearer token-${revoked}` ? INVALID_TOKEN : OK),
    });
    const revokeAndAsk = async (): Promise<number> => {
      revoked += 1;
      await client.api.get('apps', '/v3/apps');
      return client.logged.count('refuses our token');
    };
    expect([await revokeAndAsk(), await revokeAndAsk(), await revokeAndAsk()]).toEqual([1, 1, 1]);
    client.clock.advance(600_000);
    expect(await revokeAndAsk()).toBe(2);
  });

  test('an API that refuses every token costs one new token a round, however many lists ask, in turn or at once', async () => {
    const client = await clientOf({ api: () => INVALID_TOKEN });
    await Promise.all([failure(client), failure(client), failure(client)]);
    await Promise.all([failure(client), failure(client), failure(client)]);
    expect([client.foundry.logins.length, client.foundry.requests.length]).toEqual([2, 9]);
    client.clock.advance(29_999);
    await failure(client);
    expect(client.foundry.logins.length).toBe(2);
    client.clock.advance(1);
    await Promise.all([failure(client), failure(client), failure(client)]);
    await failure(client);
    expect(client.foundry.logins.length).toBe(3);
  });

  test('a fresh token that another list was refused serves when it is taken after all', async () => {
    const client = await clientOf({ api: (_, _request, count) => (count <= 2 ? INVALID_TOKEN : OK) });
    await failure(client);
    expect(parseJson(await client.api.get('apps', '/v3/apps'), 'apps')).toEqual({ fine: true });
    expect(client.foundry.logins.length).toBe(2);
  });

  test('a refused login is asked about once, not by each list', async () => {
    const client = await clientOf({ uaa: () => refusal('unauthorized', 'Bad credentials') });
    const errors = await Promise.all([failure(client), failure(client)]);
    errors.push(await failure(client));
    expect(errors.map((error) => error.code)).toEqual(['login_refused', 'login_refused', 'login_refused']);
    expect([client.foundry.logins.length, client.foundry.requests.length]).toEqual([1, 0]);
  });

  test.each<[string, Answer, string, string, RegExp]>([
    [
      '403',
      capiError(403, 10003, 'CF-NotAuthorized', 'You are not authorized'),
      'api_status',
      'refused',
      /403 10003 CF-NotAuthorized: You are not authorized$/,
    ],
    [
      '400',
      capiError(400, 10005, 'CF-BadQueryParameter', 'bad\nquery'),
      'api_status',
      'error',
      /400 10005 CF-BadQueryParameter: bad query$/,
    ],
    [
      '500',
      capiError(500, 10001, 'UnknownError', 'An unknown error occurred.'),
      'api_status',
      'error',
      /500 10001 UnknownError/,
    ],
    [
      '429 in text/plain',
      {
        status: 429,
        headers: { 'content-type': 'text/plain', 'retry-after': '7' },
        body: { errors: [{ detail: 'Rate Limit Exceeded', title: 'CF-RateLimitExceeded', code: 10013 }] },
      },
      'api_status',
      'limited',
      /429 10013 CF-RateLimitExceeded/,
    ],
    [
      '414 in HTML',
      { status: 414, body: '<html><head><title>414 Request-URI Too Large</title></head></html>' },
      'api_status',
      'error',
      /414 414 Request-URI Too Large$/,
    ],
    [
      '503 of a backup',
      { status: 503, body: '503 API down for maintenance' },
      'api_status',
      'error',
      /API down for maintenance$/,
    ],
    [
      '404 of the router',
      { status: 404, headers: { 'x-cf-routererror': 'unknown_route' }, body: '404 Not Found' },
      'api_status',
      'error',
      /\(router: unknown_route\)$/,
    ],
    [
      '302',
      { status: 302, headers: { location: 'https://elsewhere.example.org/' }, body: '' },
      'api_status',
      'error',
      /302/,
    ],
    ['204', { status: 204, body: '' }, 'api_status', 'error', /204/],
    ['broken off', 'close', 'api_unreachable', 'unreachable', /the connection broke off/],
    ['no head in time', undefined, 'api_unreachable', 'unreachable', /no answer in time/],
  ])('%s', async (_, answer, code, result, words) => {
    const client = await clientOf({ api: () => answer, headTimeoutMs: 200 });
    const error = await failure(client);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(`GET ${client.foundry.origin}/v3/apps`);
    expect(client.results.at(-1)).toBe(`apps ${result}`);
    // A kept connection that dies is worth one more.
    expect(client.foundry.requests.length).toBe(answer === 'close' ? 2 : 1);
  });

  test('an error carries request id and Retry-After', async () => {
    const client = await clientOf({
      api: () => ({ status: 429, headers: { 'retry-after': '7', 'x-vcap-request-id': 'abc::def' }, body: '' }),
    });
    const error = await failure(client);
    expect([error.requestId, error.retryAfterMs, error.status]).toEqual(['abc::def', 7_000, 429]);
  });

  test('no secret in any log line', async () => {
    const client = await clientOf({
      uaa: (_, count) => grant(`secret-token-${count}`, { refresh_token: 'secret-refresh' }),
      api: () => INVALID_TOKEN,
    });
    const error = await failure(client);
    const told = [describeError(error), ...client.logged.lines].join('\n');
    expect(client.logged.lines.length).toBeGreaterThan(1);
    for (const secret of [PASSWORD, 'secret-token', 'secret-refresh']) expect(told).not.toContain(secret);
  });
});

describe('the limit of the API', () => {
  /** As the manual clock begins. */
  const NOW_SECONDS = 1_700_000_000;
  const date = new Date(NOW_SECONDS * 1000).toUTCString();

  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['seconds', { 'retry-after': '120' }, 120],
    ['a date', { 'retry-after': new Date((NOW_SECONDS + 90) * 1000).toUTCString(), date }, 90],
    ['X-RateLimit-Reset alone', { 'x-ratelimit-reset': String(NOW_SECONDS + 300), date }, 300],
    ['both: Retry-After', { 'retry-after': '60', 'x-ratelimit-reset': String(NOW_SECONDS + 300), date }, 60],
    ['a reset far away', { 'x-ratelimit-reset': String(NOW_SECONDS + 90_000), date }, 3_600],
    ['words', { 'retry-after': 'soon' }, 5],
    ['nothing', {}, 5],
  ])('429 with %s pauses all requests', async (_, headers, seconds) => {
    const client = await clientOf({
      api: (path) => (path === '/v3/apps' ? { status: 429, headers, body: '' } : OK),
    });
    await failure(client);
    expect(client.pace.pauseLeftMs).toBe(seconds * 1000);
    const other = client.api.get('spaces', '/v3/spaces');
    if (seconds > 10) {
      await expect(other).rejects.toMatchObject({ code: 'api_paused', retryAfterMs: seconds * 1000 });
      expect(client.foundry.requests).toEqual(['/v3/apps']);
      client.clock.advance(seconds * 1000);
      await client.api.get('spaces', '/v3/spaces');
    } else {
      await new Promise((resolve) => setImmediate(resolve));
      expect(client.foundry.requests).toEqual(['/v3/apps']);
      client.clock.advance(seconds * 1000);
      await other;
    }
    expect(client.foundry.requests).toEqual(['/v3/apps', '/v3/spaces']);
    expect(client.logged.count('the API limits our requests')).toBe(1);
  });

  test('503 with Retry-After is the affair of its list', async () => {
    const client = await clientOf({ api: () => ({ status: 503, headers: { 'retry-after': '120' }, body: '' }) });
    expect((await failure(client)).retryAfterMs).toBe(120_000);
    expect(client.pace.pauseLeftMs).toBe(0);
  });

  test('what an answer says of it slows us down', async () => {
    const headers = { 'x-ratelimit-limit': '2000', 'x-ratelimit-remaining': '400', 'x-ratelimit-reset': '600' };
    const client = await clientOf({ api: () => ({ headers, body: {} }) });
    expect(client.pace.allowance).toBe(undefined);
    await client.api.get('apps', '/v3/apps');
    expect(client.pace.allowance).toEqual({ limit: 2_000, remaining: 400, resetInMs: 600_000 });
  });

  test.each([
    ['200', 0],
    ['0', 1],
  ])('with %s requests left it is told in %d lines, however often', async (remaining, lines) => {
    const headers = { 'x-ratelimit-limit': '2000', 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': '1' };
    const client = await clientOf({ api: () => ({ headers, body: {} }) });
    for (let n = 0; n < 3; n += 1) {
      await client.api.get('apps', '/v3/apps');
      client.clock.advance(1_000);
    }
    expect(client.logged.count('less than a tenth of the requests')).toBe(lines);
  });

  test('what is said to a request without token is another one', async () => {
    const headers = { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '600' };
    const client = await clientOf({ api: () => ({ status: 429, headers, body: '' }) });
    await client.api.ping(2_500);
    expect([client.pace.allowance, client.pace.pauseLeftMs]).toEqual([undefined, 0]);
  });
});

describe('ping', () => {
  test.each<[string, Answer, boolean]>([
    ['200', OK, true],
    ['401', INVALID_TOKEN, true],
    ['403', { status: 403, body: '' }, true],
    ['429', { status: 429, body: '' }, true],
    ['404', { status: 404, headers: { 'x-cf-routererror': 'unknown_route' }, body: '' }, false],
    ['500', { status: 500, body: '' }, false],
    ['502', { status: 502, body: '' }, false],
    ['broken off', 'close', false],
    ['no answer in time', undefined, false],
  ])('%s', async (_, answer, isAlive) => {
    const client = await clientOf({ api: () => answer });
    const pinged = client.api.ping(100).then(
      () => true,
      () => false,
    );
    expect(await pinged).toBe(isAlive);
    expect(client.foundry.requests[0]).toBe('/v3/info');
    expect(client.foundry.logins.length).toBe(0);
  });

  test('has our token when we have one that is good, and asks for none', async () => {
    const seen: (string | undefined)[] = [];
    const client = await clientOf({
      api: (_, request) => {
        seen.push(request.headers.authorization);
        return OK;
      },
    });
    await client.api.ping(2_500);
    await client.api.get('apps', '/v3/apps');
    await client.api.ping(2_500);
    client.clock.advance(1_199_000);
    await client.api.ping(2_500);
    expect(seen).toEqual([undefined, 'bearer token-1', 'bearer token-1', undefined]);
    expect(client.foundry.logins.length).toBe(1);
  });
});

describe('the root document', () => {
  test('is read again after an hour, beside the lists, and what is new in it is told', async () => {
    const client = await clientOf({
      root: (origin, count) => ({
        body: { links: { login: { href: origin }, cloud_controller_v3: { meta: { version: `3.20${count}.0` } } } },
      }),
      api: () => OK,
      uaa: (_, count) => grant(`token-${count}`, { expires_in: 1_000_000 }),
    });
    await client.api.get('apps', '/v3/apps');
    client.clock.advance(3_600_000);
    await client.api.get('apps', '/v3/apps');
    await vi.waitFor(() => expect(client.logged.count('another address or version than before')).toBe(1));
    expect([client.foundry.roots, client.logged.count('versionBefore')]).toEqual([2, 1]);
  });

  test.each<[string, Answer]>([
    ['404 of the router', { status: 404, headers: { 'x-cf-routererror': 'unknown_route' }, body: '' }],
    ['nobody', 'close'],
  ])('is read again when %s is where UAA was: a UAA that has moved is found', async (_, gone) => {
    let moved = false;
    const client = await clientOf({
      root: (origin) => ({ body: { links: { login: { href: moved ? `${origin}/new` : origin } } } }),
      uaaAt: (path) => (path.startsWith('/new') === moved ? undefined : gone),
      api: () => OK,
    });
    await client.api.get('apps', '/v3/apps');
    moved = true;
    client.clock.advance(1_200_000);
    expect((await failure(client)).code).toBe('login_failed');
    client.clock.advance(1_000);
    expect(parseJson(await client.api.get('apps', '/v3/apps'), 'apps')).toEqual({ fine: true });
    expect(client.foundry.roots).toBe(2);
  });

  test.each<[string, Answer, string, RegExp]>([
    ['HTML', { body: '<html>Welcome</html>' }, 'login_failed', /the answer is no JSON \(text\/html\)/],
    ['no links', { body: {} }, 'login_failed', /names no UAA.*is this the API of a Cloud Foundry\?/],
    [
      '404',
      { status: 404, headers: { 'x-cf-routererror': 'unknown_route' }, body: '' },
      'login_failed',
      /404 \(router: unknown_route\)/,
    ],
    ['broken off', 'close', 'login_failed', /the connection broke off/],
  ])('%s is a failure that says so, and is read again later', async (_, root, code, words) => {
    const client = await clientOf({
      root: (origin, count) => (count === 1 ? root : { body: { links: { uaa: { href: origin } } } }),
      api: () => OK,
    });
    const error = await failure(client);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    client.clock.advance(1_000);
    expect(parseJson(await client.api.get('apps', '/v3/apps'), 'apps')).toEqual({ fine: true });
    expect(client.foundry.roots).toBe(2);
  });

  test.each<[string | undefined, number]>([
    ['3.83.0', 1],
    ['3.84.0', 0],
    ['3.117.0+cf-k8s', 0],
    [undefined, 0],
  ])('version %s: %d lines say that it is too old, and we go on', async (version, lines) => {
    const client = await clientOf({
      root: (origin) => ({ body: { links: { login: { href: origin }, cloud_controller_v3: { meta: { version } } } } }),
      api: () => OK,
    });
    await client.api.get('apps', '/v3/apps');
    expect(client.logged.count('older than 3.84.0')).toBe(lines);
  });
});
