import { describe, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { makeAuthority } from '../../test/support/outbound/certificates.js';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import {
  granted,
  refusal,
  startTokenService,
  type TokenAnswer,
  type TokenBehaviour,
} from '../../test/support/scrape/token-service.js';
import { describeError } from '../base/errors.js';
import { Secret } from '../base/secret.js';
import { PLAIN_TLS } from '../config/tls-material/tls-config.js';
import type { TokenError } from './token-error.js';
import { createTokenService, type GrantedToken, type TokenServiceOptions } from './token-service.js';

const SECRET = 'pa+ss%41 & : ü/=?#€';

interface Asking {
  readonly request: () => Promise<GrantedToken>;
  readonly results: readonly string[];
}

function client(tokenUrl: string, changes: Partial<TokenServiceOptions> = {}): Asking {
  const results: string[] = [];
  const service = createTokenService({
    tokenUrl,
    clientId: 'scraper',
    clientSecret: new Secret(SECRET),
    scopes: [],
    connections: connectionsWith(),
    clock: manualClock(),
    requested: (result) => results.push(result),
    ...changes,
  });
  return { request: () => service.request(), results };
}

async function failure(request: () => Promise<GrantedToken>): Promise<TokenError> {
  return await request().then(
    () => expect.unreachable('a token came'),
    (error: TokenError) => error,
  );
}

/** As a service that takes id and secret in the header alone. */
function basicAlone(refused: TokenAnswer): TokenBehaviour {
  return ({ basic, form }, count) =>
    basic !== undefined && form['client_id'] === undefined ? granted(`token-${count}`) : refused;
}

describe('the request', () => {
  test.each<[string, Partial<TokenServiceOptions>, Record<string, string>]>([
    ['with a secret', {}, { client_id: 'scraper', client_secret: SECRET }],
    ['with an empty secret', { clientSecret: new Secret('') }, { client_id: 'scraper', client_secret: '' }],
    ['without a secret', { clientSecret: undefined }, { client_id: 'scraper' }],
    ['with any id', { clientId: 'sb-a!b|c%+: ü' }, { client_id: 'sb-a!b|c%+: ü', client_secret: SECRET }],
    [
      'with scopes',
      { scopes: ['orders.read', 'metrics+all'] },
      { client_id: 'scraper', client_secret: SECRET, scope: 'orders.read metrics+all' },
    ],
  ])('%s', async (_, changes, form) => {
    const service = await startTokenService();
    const { request, results } = client(service.url, changes);
    expect(await request()).toMatchObject({ token: 'token-1', lifetimeMs: 1_199_000 });
    expect(service.requests).toEqual([
      {
        path: '/oauth/token',
        contentType: 'application/x-www-form-urlencoded',
        form: { grant_type: 'client_credentials', ...form },
        authorization: undefined,
        basic: undefined,
        encoded: undefined,
      },
    ]);
    expect(results).toEqual(['success']);
  });

  test('goes to the URL as it is written', async () => {
    const service = await startTokenService();
    await client(`${service.origin}/uaa/oauth/token/alias/x?tenant=a%20b`).request();
    expect(service.requests[0]?.path).toBe('/uaa/oauth/token/alias/x?tenant=a%20b');
  });
});

describe('id and secret elsewhere', () => {
  test.each<[string, string, string, TokenAnswer]>([
    ['401 of OAuth', 'scraper', 'plain', refusal('invalid_client', 'Client authentication failed')],
    ['401 of UAA', 'scraper', SECRET, refusal('unauthorized', 'Bad credentials')],
    ['401 in HTML', 'sb-a!b|c%+: ü', SECRET, { status: 401, body: '<html>Unauthorized</html>' }],
    ['400 invalid_client', 'a:b', ':', refusal('invalid_client', 'use Basic', 400)],
    ['400 unauthorized_client', 'a b', ' ', refusal('unauthorized_client', 'Invalid client', 400)],
    ['400 invalid_request', 'ä', '%', refusal('invalid_request', 'Missing Authorization header', 400)],
  ])('after %s: by Basic, with client %s and secret %s, and from then on', async (_, clientId, secret, refused) => {
    const service = await startTokenService(basicAlone(refused));
    const { request, results } = client(service.url, {
      clientId,
      clientSecret: new Secret(secret),
      scopes: ['a', 'b'],
    });
    expect((await request()).token).toBe('token-2');
    expect((await request()).token).toBe('token-3');
    expect(service.requests.map(({ basic, form }) => [basic, form])).toEqual([
      [undefined, { grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: 'a b' }],
      [[clientId, secret], { grant_type: 'client_credentials', scope: 'a b' }],
      [[clientId, secret], { grant_type: 'client_credentials', scope: 'a b' }],
    ]);
    expect(service.requests.map(({ encoded }) => encoded)).toEqual([undefined, 'true', 'true']);
    expect(results).toEqual(['refused', 'success', 'success']);
  });

  test('and back in the form when the service has changed its mind', async () => {
    const service = await startTokenService(({ basic }, count) => {
      const wanted = count <= 2 ? 'basic' : 'form';
      return (basic === undefined ? 'form' : 'basic') === wanted
        ? granted(`token-${count}`)
        : refusal('invalid_client', '');
    });
    const { request } = client(service.url);
    expect([(await request()).token, (await request()).token]).toEqual(['token-2', 'token-4']);
  });

  test.each<[string, TokenAnswer]>([
    ['400 invalid_scope', refusal('invalid_scope', 'not allowed', 400)],
    ['403', refusal('access_denied', 'no', 403)],
    ['400 in HTML', { status: 400, body: '<html>Bad Request</html>' }],
    ['500', refusal('server_error', 'sorry', 500)],
    ['302', { status: 302, headers: { location: '/login' }, body: '' }],
  ])('is of no use after %s', async (_, answer) => {
    const service = await startTokenService(() => answer);
    await failure(client(service.url).request);
    expect(service.requests.length).toBe(1);
  });

  test('is of no use without a secret', async () => {
    const service = await startTokenService(() => refusal('invalid_client', 'Bad credentials'));
    const error = await failure(client(service.url, { clientSecret: undefined }).request);
    expect([service.requests.length, error.code]).toEqual([1, 'token_refused']);
  });

  test('neither way taken: both answers are told, the second decides', async () => {
    const service = await startTokenService((_, count) =>
      count === 1 ? refusal('invalid_request', 'use Basic', 400) : refusal('invalid_client', 'wrong secret'),
    );
    const { request, results } = client(service.url);
    const error = await failure(request);
    expect([error.code, error.message]).toEqual([
      'token_refused',
      `the token service ${service.url} refuses the client scraper (400 invalid_request: use Basic; with id and secret elsewhere: 401 invalid_client: wrong secret)`,
    ]);
    expect(results).toEqual(['refused', 'refused']);
  });

  test('out of order at the second request is no refusal', async () => {
    const service = await startTokenService((_, count) =>
      count === 1 ? refusal('invalid_client', 'Bad credentials') : { status: 503, body: '' },
    );
    expect((await failure(client(service.url).request)).code).toBe('token_failed');
  });
});

test('a token may be as long as a header', async () => {
  const service = await startTokenService(() => granted('x'.repeat(16_384)));
  expect((await client(service.url).request()).token.length).toBe(16_384);
});

describe('the lifetime', () => {
  test.each<[string, unknown, number]>([
    ['a number of seconds', 60, 60_000],
    ['one second', 1, 1_000],
    ['a number as text', '3600', 3_600_000],
    ['missing', undefined, 600_000],
    ['null', null, 600_000],
  ])('%s', async (_, expires_in, lifetimeMs) => {
    const service = await startTokenService(() => granted('x', { expires_in }));
    expect((await client(service.url).request()).lifetimeMs).toBe(lifetimeMs);
  });
});

describe('no token', () => {
  const HTML = '<!DOCTYPE html><title>Sign in</title>';

  test.each<[string, TokenAnswer, 'token_refused' | 'token_failed', string]>([
    [
      'refused',
      refusal('access_denied', 'locked', 403),
      'token_refused',
      'refuses the client scraper (403 access_denied: locked)',
    ],
    [
      'a scope refused',
      refusal('invalid_scope', 'no such', 400),
      'token_refused',
      'refuses the client scraper (400 invalid_scope: no such)',
    ],
    [
      'refused by a proxy',
      { status: 403, body: HTML },
      'token_refused',
      'refuses the client scraper (403 with text/html)',
    ],
    ['500', { status: 500, body: { error: 'server_error' } }, 'token_failed', 'gave no token (500 server_error)'],
    ['503 without a body', { status: 503, body: '' }, 'token_failed', 'gave no token (503 with an empty body)'],
    [
      '404 of the router',
      { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 Not Found' },
      'token_failed',
      'gave no token (404 with text/plain)',
    ],
    ['HTML', { body: HTML }, 'token_failed', 'gave no token (200 with text/html in place of a token)'],
    [
      'no token in it',
      { body: { expires_in: 5 } },
      'token_failed',
      'gave no token (200 with application/json in place of a token)',
    ],
    ['an empty token', granted(''), 'token_failed', 'in place of a token'],
    ['a token that is no header', granted('a\r\nx-evil: 1'), 'token_failed', 'in place of a token'],
    [
      'a token of another type',
      granted('x', { token_type: 'DPoP' }),
      'token_failed',
      '200 with a token of type DPoP, where Bearer is needed',
    ],
    ['a token that is too long', granted('x'.repeat(16_385)), 'token_failed', '200 with a token of 16385 bytes'],
    [
      'a token that lives no second',
      granted('x', { expires_in: 0.0001 }),
      'token_failed',
      '200 with a token that lives 0.0001 s',
    ],
    ['an expired token', granted('x', { expires_in: 0 }), 'token_failed', '200 with a token that has expired already'],
    [
      'a redirect, which is not followed',
      { status: 302, headers: { location: 'https://uaa.example.org/login?state=x' }, body: '' },
      'token_failed',
      'gave no token (302 to https://uaa.example.org/login, and redirects of a token service are not followed; is its URL right?)',
    ],
    [
      'a body beyond all bounds',
      { body: 'x'.repeat(1024 * 1024 + 1) },
      'token_failed',
      'no answer from the token service',
    ],
    ['a connection that breaks off', 'close', 'token_failed', 'no answer from the token service'],
  ])('%s', async (_, answer, code, words) => {
    const service = await startTokenService(() => answer);
    const { request, results } = client(service.url);
    const error = await failure(request);
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.message).toContain(service.url);
    expect([service.requests.length, results]).toEqual([1, [code === 'token_refused' ? 'refused' : 'failed']]);
  });

  test('nobody listens', async () => {
    const error = await failure(client('http://127.0.0.1:1/oauth/token').request);
    expect(describeError(error)).toContain(
      'no answer from the token service http://127.0.0.1:1/oauth/token: the connection was refused',
    );
  });

  test('no answer within 30 s', async () => {
    const service = await startTokenService(() => 'hang');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const failing = failure(client(service.url).request);
      while (service.requests.length === 0) await new Promise(setImmediate);
      vi.advanceTimersByTime(30_000);
      expect(describeError(await failing)).toContain('the answer was not complete in time');
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ['90', 90_000],
    ['', undefined],
  ])('Retry-After %j is %s ms', async (value, retryAfterMs) => {
    const service = await startTokenService(() => ({ status: 503, headers: { 'retry-after': value }, body: '' }));
    expect((await failure(client(service.url).request)).retryAfterMs).toBe(retryAfterMs);
  });
});

describe('secrets', () => {
  test.each<[string, (sent: { form: string; basic: string }) => string]>([
    ['as it is', ({ form }) => form],
    ['URL-encoded', () => encodeURIComponent(SECRET)],
    ['as in a form', () => new URLSearchParams([['', SECRET]]).toString().slice(1)],
    ['as in a header', ({ basic }) => basic],
    ['as in HTML', ({ form }) => form.replaceAll('&', '&amp;')],
    ['as in base64', ({ form }) => Buffer.from(form).toString('base64')],
  ])('are left out where the service quotes them %s', async (_, quote) => {
    const service = await startTokenService(({ form, authorization }) => {
      const quoted = quote({ form: form['client_secret'] ?? '', basic: authorization ?? '' });
      return refusal('invalid_client', `cannot use >${quoted}< here`);
    });
    const error = await failure(client(service.url).request);
    expect(error.message).toMatch(/cannot use >(Basic )?<secret>< here/);
    const base64 = Buffer.from(`scraper:${encodeURIComponent(SECRET)}`).toString('base64');
    for (const secret of [SECRET, encodeURIComponent(SECRET), base64]) {
      expect(describeError(error) + JSON.stringify(error)).not.toContain(secret);
    }
  });

  test('in the URL are not shown', async () => {
    const service = await startTokenService(() => ({ status: 500, body: '' }));
    const url = `${service.url.replace('http://', 'http://user:hidden@')}?key=hidden`;
    expect(describeError(await failure(client(url).request))).not.toContain('hidden');
  });
});

test('a client certificate in place of a secret', async () => {
  const authority = makeAuthority();
  const { key, cert } = authority.issue({ names: ['IP:127.0.0.1'] });
  const service = await startTokenService(undefined, {
    tls: { key, cert, ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
  });
  const own = authority.issue({ names: ['DNS:scraper'] });
  const tls = { ...PLAIN_TLS, certificateAuthorities: [authority.certificate] };
  const identity = { certificate: own.cert, key: new Secret(own.key) };
  const shown = client(service.url, {
    clientSecret: undefined,
    connections: connectionsWith({ tls: { ...tls, identity } }),
  });
  expect((await shown.request()).token).toBe('token-1');
  const hidden = client(service.url, { clientSecret: undefined, connections: connectionsWith({ tls }) });
  expect((await failure(hidden.request)).code).toBe('token_failed');
  expect(service.requests.length).toBe(1);
});
