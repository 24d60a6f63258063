import { describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator.js';
import { ask, askApi, askToken, type TokenReply } from '../testing/client.js';

interface Setup {
  readonly it: Simulator;
  readonly clock: ManualClock;
  readonly logIn: (password?: string) => Promise<TokenReply>;
  readonly refresh: (token: unknown) => Promise<TokenReply>;
}

async function withUaa(options: SimulatorOptions, use: (setup: Setup) => Promise<void>): Promise<void> {
  const clock = manualClock();
  const it = await startSimulator({ applications: 1, spaces: 1, organizations: 1, clock, ...options });
  const logIn = (password = it.password): Promise<TokenReply> =>
    askToken(it, { grant_type: 'password', username: it.username, password });
  const refresh = (token: unknown): Promise<TokenReply> =>
    askToken(it, { grant_type: 'refresh_token', refresh_token: String(token) });
  try {
    await use({ it, clock, logIn, refresh });
  } finally {
    await it.stop();
  }
}

function claims(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());
}

const basic = (text: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

describe('grants (facts 2.2)', () => {
  test('password: keys in order, claims, lifetime less one second', async () => {
    await withUaa({}, async ({ logIn }) => {
      const { body, reply } = await logIn();
      expect(Object.keys(body)).toEqual([
        'access_token',
        'token_type',
        'id_token',
        'refresh_token',
        'expires_in',
        'scope',
        'jti',
      ]);
      expect(body).toMatchObject({ token_type: 'bearer', expires_in: 1199 });
      expect(reply.headers).toMatchObject({
        'content-type': 'application/json;charset=UTF-8',
        'cache-control': 'no-store',
      });
      const access = claims(body['access_token']);
      expect(access).toMatchObject({
        cid: 'cf',
        user_name: 'promregator',
        iss: 'https://uaa.sys.sim.example/oauth/token',
        jti: body['jti'],
      });
      expect(access['aud']).toEqual(expect.arrayContaining(['cloud_controller', 'cf', 'openid']));
      expect(Number(access['exp']) - Number(access['iat'])).toBe(1200);
      expect(claims(body['refresh_token'])['jti']).toMatch(/-r$/);
    });
  });

  test('client_credentials: no refresh token, authorities, sees everything', async () => {
    await withUaa({}, async ({ it }) => {
      const params = { grant_type: 'client_credentials', client_id: 'collector', client_secret: 'collector-secret' };
      const { body } = await askToken(it, params, {});
      expect(Object.keys(body)).toEqual(['access_token', 'token_type', 'expires_in', 'scope', 'jti']);
      expect(claims(body['access_token'])).toMatchObject({
        sub: 'collector',
        authorities: ['cloud_controller.admin_read_only'],
      });
      expect((await askApi(it, '/v3/apps', `bearer ${String(body['access_token'])}`)).json).toMatchObject({
        pagination: { total_results: 1 },
      });
    });
  });

  test.each([
    ['jwt-reusable', true, true],
    ['opaque-reusable', true, true],
    ['jwt-rotating', false, true],
    ['opaque-rotating', false, false],
  ] as const)('%s: same token %s, old one lives on %s', async (refreshKind, same, lives) => {
    await withUaa({ token: { refreshKind } }, async ({ logIn, refresh }) => {
      const first = (await logIn()).body['refresh_token'];
      const second = (await refresh(first)).body['refresh_token'];
      expect(second === first).toBe(same);
      expect((await refresh(second)).status).toBe(200);
      expect((await refresh(first)).status).toBe(lives ? 200 : 401);
    });
  });

  test('passcode once; scope narrowed; opaque access token refused by the API', async () => {
    await withUaa({}, async ({ it }) => {
      const passcode = it.uaa.issuePasscode(it.username);
      expect((await askToken(it, { grant_type: 'password', passcode })).status).toBe(200);
      expect((await askToken(it, { grant_type: 'password', passcode })).body).toMatchObject({
        error_description: 'Invalid passcode',
      });
      const user = { grant_type: 'password', username: it.username, password: it.password };
      expect((await askToken(it, { ...user, scope: 'openid' })).body).toMatchObject({ scope: 'openid' });
      expect((await askToken(it, { ...user, scope: 'foo' })).body).toMatchObject({
        error: 'invalid_scope',
        scope: expect.any(String),
      });
      const opaque = await askToken(it, { ...user, token_format: 'opaque' });
      expect((await askApi(it, '/v3/apps', `bearer ${String(opaque.body['access_token'])}`)).status).toBe(401);
    });
  });
});

describe('errors (facts 2.4)', () => {
  test('each by its status, error and description', async () => {
    await withUaa(
      { users: [{ username: 'old', password: 'o', role: 'admin', passwordChangeRequired: true }] },
      async ({ it, logIn }) => {
        const user = { username: it.username, password: it.password };
        const access = String((await logIn()).body['access_token']);
        const cf = basic('cf:');
        const cases: [Record<string, string>, Record<string, string>, number, string, string][] = [
          [{ grant_type: 'password', ...user, password: 'x' }, cf, 401, 'invalid_client', 'Bad credentials'],
          [{ grant_type: 'password', ...user, username: 'x' }, cf, 401, 'invalid_client', 'Bad credentials'],
          [{ grant_type: 'password', ...user }, basic('cf:wrong'), 401, 'invalid_client', 'Bad credentials'],
          [
            { grant_type: 'password', ...user },
            basic('cf'),
            401,
            'invalid_client',
            'Invalid basic authentication token',
          ],
          [
            { grant_type: 'password', ...user },
            { authorization: 'Basic *' },
            401,
            'invalid_client',
            'Failed to decode basic authentication token',
          ],
          [
            { grant_type: 'password', ...user },
            basic('cf:%'),
            401,
            'invalid_client',
            'Failed to URL Decode credentials',
          ],
          [
            { grant_type: 'password', ...user },
            { authorization: 'Bearer x' },
            401,
            'invalid_client',
            'No client authentication found.',
          ],
          [{ grant_type: 'password', ...user, client_id: 'cf' }, {}, 401, 'invalid_client', 'Bad credentials'],
          [
            { grant_type: 'password', username: 'old', password: 'o' },
            cf,
            401,
            'unauthorized',
            'password change required',
          ],
          [
            { grant_type: 'password', ...user, login_hint: '{"origin":"ldap"}' },
            cf,
            401,
            'unauthorized',
            'The origin provided',
          ],
          [{ grant_type: 'client_credentials' }, cf, 401, 'invalid_client', 'Unauthorized grant type'],
          [{}, cf, 400, 'invalid_request', 'Missing grant type'],
          [{ grant_type: 'magic' }, cf, 400, 'unsupported_grant_type', 'Unsupported grant type'],
          [{ grant_type: 'refresh_token' }, cf, 400, 'invalid_request', 'refresh_token parameter not provided'],
          [{ grant_type: 'refresh_token', refresh_token: access }, cf, 401, 'invalid_token', 'Invalid refresh token.'],
          [{ grant_type: 'refresh_token', refresh_token: 'a.b.c' }, cf, 401, 'invalid_token', 'kid claim not found'],
          [
            { grant_type: 'refresh_token', refresh_token: 'nobody-r' },
            cf,
            401,
            'invalid_token',
            'The token expired, was revoked',
          ],
        ];
        for (const [params, headers, status, error, description] of cases) {
          const { body, ...reply } = await askToken(it, params, headers);
          expect([params, headers, reply.status, body]).toEqual([
            params,
            headers,
            status,
            expect.objectContaining({ error, error_description: expect.stringContaining(description) }),
          ]);
        }
      },
    );
  });

  test('challenges and the ignored login hint', async () => {
    await withUaa({}, async ({ it, logIn }) => {
      const wrong = await logIn('x');
      expect(wrong.reply.headers['www-authenticate']).toBe(
        'Basic realm="UAA/client", error="unauthorized", error_description="Bad credentials"',
      );
      expect(wrong.reply.headers['content-type']).toBe('application/json');
      const hinted = { grant_type: 'password', username: it.username, password: it.password, login_hint: 'ldap' };
      expect((await askToken(it, hinted)).status).toBe(200);
    });
  });

  test('an old UAA spells otherwise and decodes no Basic; a compatible one only on demand', async () => {
    const clients = [{ id: 'odd', secret: 'a%b+c', grants: ['client_credentials'] }];
    const params = { grant_type: 'client_credentials' };
    const raw = basic('odd:a%b+c');
    const encoded = basic('odd:a%25b%2Bc');
    await withUaa({ clients, token: { uaaVersion: 'old' } }, async ({ it, logIn }) => {
      expect((await logIn('x')).body).toEqual({ error: 'unauthorized', error_description: 'Bad credentials' });
      expect((await askToken(it, params, raw)).status).toBe(200);
      expect((await askToken(it, params, encoded)).status).toBe(401);
    });
    await withUaa({ clients }, async ({ it }) => {
      expect((await askToken(it, params, raw)).status).toBe(401);
      expect((await askToken(it, params, encoded)).status).toBe(200);
      expect((await askToken(it, { ...params, client_id: 'odd', client_secret: 'a%b+c' }, {})).status).toBe(200);
    });
    await withUaa({ clients, token: { uaaVersion: 'compatible' } }, async ({ it }) => {
      expect((await askToken(it, params, raw)).status).toBe(200);
      expect((await askToken(it, params, encoded)).status).toBe(401);
      expect((await askToken(it, params, { ...encoded, 'x-cf-encoded-credentials': 'true' })).status).toBe(200);
    });
  });
});

test('lock-out: the sixth attempt says so, refresh still works, one failure later locks again', async () => {
  await withUaa({}, async ({ clock, logIn, refresh }) => {
    const token = (await logIn()).body['refresh_token'];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await logIn('x')).body['error_description']).toBe('Bad credentials');
    }
    const locked = 'Your account has been locked because of too many failed attempts to login.';
    expect((await logIn()).body).toEqual({ error: 'unauthorized', error_description: locked });
    expect((await refresh(token)).status).toBe(200);
    clock.advance(300_000);
    expect((await logIn('x')).body['error_description']).toBe('Bad credentials');
    expect((await logIn()).body['error_description']).toBe(locked);
    clock.advance(300_000);
    expect((await logIn()).status).toBe(200);
    expect((await logIn('x')).body['error_description']).toBe('Bad credentials');
    expect((await logIn()).status).toBe(200);
  });
});

test('refresh tokens expire, die with the password, and by command', async () => {
  await withUaa({ token: { refreshSeconds: 60 } }, async ({ it, clock, logIn, refresh }) => {
    const first = (await logIn()).body['refresh_token'];
    clock.advance(61_000);
    expect((await refresh(first)).body['error_description']).toMatch(/^Invalid refresh token expired at /);
    const second = (await logIn()).body['refresh_token'];
    it.uaa.setPassword(it.username, 'changed');
    expect((await refresh(second)).body['error_description']).toBe('revocable signature mismatch');
    const third = (await logIn('changed')).body;
    it.uaa.tokens.revokeRefresh();
    expect((await refresh(third['refresh_token'])).status).toBe(401);
    it.uaa.tokens.expireAccess();
    expect((await askApi(it, '/v3/apps', `bearer ${String(third['access_token'])}`)).status).toBe(401);
    expect((await logIn('changed')).status).toBe(200);
  });
});

test.each([
  ['offered', 'collector', 200],
  ['offered', 'somebody', 401],
  ['off', 'collector', 401],
] as const)('certificates %s, one for %s: %i', async (clientCertificates, name, status) => {
  await withUaa({ token: { clientCertificates } }, async ({ it }) => {
    const reply = await ask(it, 'https://uaa.sys.sim.example/oauth/mtls/token', {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: 'grant_type=client_credentials&client_id=collector',
      certificate: await it.certificates.clientCertificate(name),
    });
    expect(reply.status).toBe(status);
  });
});

test('other paths (facts 2.5)', async () => {
  await withUaa({}, async ({ it }) => {
    const uaa = 'https://uaa.sys.sim.example';
    const json = { headers: { accept: 'application/json' } };
    const discovery = await ask(it, `${uaa}/.well-known/openid-configuration`);
    expect(JSON.parse(discovery.text)).toMatchObject({ issuer: `${uaa}/oauth/token`, jwks_uri: `${uaa}/token_keys` });
    expect(JSON.parse((await ask(it, `${uaa}/token_keys`)).text)).toMatchObject({
      keys: [{ kid: 'key-1', alg: 'RS256', kty: 'RSA' }],
    });
    expect((await ask(it, `${uaa}/login`, json)).text).toContain('"zone_name":"uaa"');
    for (const path of ['/', '/nope']) {
      const reply = await ask(it, `${uaa}${path}`);
      expect([reply.status, reply.headers['location']]).toEqual([302, `${uaa}/login`]);
    }
    expect((await ask(it, `${uaa}/oauth/token`, { method: 'PUT' })).status).toBe(405);
    const query = `grant_type=password&username=${it.username}&password=${it.password}&client_id=cf&client_secret=`;
    expect((await ask(it, `${uaa}/oauth/token/?${query}`)).status).toBe(200);
    expect((await ask(it, `${uaa}/oauth/token?grant_type=x`, { headers: { accept: 'text/html' } })).status).toBe(406);
  });
});
