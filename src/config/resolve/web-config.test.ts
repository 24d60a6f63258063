import { beforeAll, describe, expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf, warningsOf } from '../../../test/support/config/outcome.js';
import { type KeyPair, makeAuthority } from '../../../test/support/outbound/certificates.js';

const HASH = `$2y$10$${'a'.repeat(53)}`;
const USERS = `basic_auth_users: {alice: ${HASH}}`;
const TLS = 'tls_server_config: {cert_file: cert.pem, key_file: key.pem}';

describe('the web config file', () => {
  let pair: KeyPair;
  beforeAll(() => {
    pair = makeAuthority().issue({ names: ['DNS:promregator.example.org'] });
  });

  const written = (web: string, rest: Omit<Written, 'files'> = {}): Written => ({
    args: ['--web.config.file=tls/web.yml'],
    ...rest,
    files: { '/work/tls/web.yml': web, '/work/tls/cert.pem': pair.cert, '/work/tls/key.pem': pair.key },
  });

  test('says how we listen, with names relative to it', async () => {
    const web = `${TLS}\nhttp_server_config: {headers: {X-Frame-Options: deny}}\nrate_limit: {interval: 1s, burst: 5}`;
    const { server, inbound } = await configOf(written(web));
    expect(server.tls?.identity.certificate).toBe(pair.cert);
    expect(server.headers).toEqual({ 'x-frame-options': 'deny' });
    expect(server.rateLimit).toEqual({ intervalMs: 1000, burst: 5 });
    expect(inbound.everything).toBe(false);
  });

  test('guards everything by its users', async () => {
    const { inbound } = await configOf(written(USERS));
    expect([
      inbound.everything,
      inbound.madeUpUser,
      inbound.users.map(({ username, form }) => [username, form]),
    ]).toEqual([true, undefined, [['alice', 'bcrypt']]]);
    const warnings = await warningsOf(written(USERS));
    expect(warnings.filter((each) => each.includes('server.address'))).toEqual([]);
  });

  test('is named in the environment too', async () => {
    const env = { ...MANDATORY_ENV, WEB_CONFIG_FILE: 'tls/web.yml' };
    const { inbound } = await configOf(written(USERS, { args: [], env }));
    expect(inbound.everything).toBe(true);
  });

  test.each<[string, string, Omit<Written, 'files'>, readonly string[]]>([
    [
      'a file that is not there',
      '',
      { args: ['--web.config.file=none.yml'] },
      [
        'command line --web.config.file: web.config.file: found "none.yml", which cannot be read: no such file, expected the name of a readable file',
      ],
    ],
    [
      'an unknown name, with its place',
      'tls_config: {}',
      {},
      [expect.stringMatching(/^tls\/web\.yml:1:1: tls_config: found an unknown name/)],
    ],
    [
      'an auth option beside users, also NONE',
      USERS,
      { yaml: 'promregator: {discovery.auth: BASIC, metrics.auth: none}' },
      [
        'promregator.yml:1:31: promregator.discovery.auth: found "BASIC" beside basic_auth_users of the web config file, expected one or the other, since those users guard everything but health; remove one of them',
        expect.stringContaining('promregator.metrics.auth: found "NONE" beside basic_auth_users'),
      ],
    ],
    [
      'TLS of both kinds',
      TLS,
      { yaml: 'server.ssl: {certificate: tls/cert.pem, certificate-private-key: tls/key.pem}' },
      [
        'promregator.yml:1:13: server.ssl: found TLS beside tls_server_config of the web config file, expected one or the other; remove one of them',
      ],
    ],
  ])('%s', async (_, web, rest, expected) => {
    expect(await problemsOf(written(web, rest))).toEqual(expected);
  });

  test('our own users beside those of the file are said', async () => {
    const warnings = await warningsOf(written(USERS, { yaml: 'promregator.authentication.basic.password: p' }));
    expect(warnings).toContainEqual(expect.stringContaining('found users beside basic_auth_users'));
  });
});

test.each<[string, Written, boolean]>([
  ['reload by POST is off', {}, false],
  ['a flag switches it on', { args: ['--web.enable-lifecycle'] }, true],
  ['so does the file', { yaml: 'web.enableLifecycle: true' }, true],
])('%s', async (_, written, expected) => {
  const { server, reload } = await configOf(written);
  expect([server.lifecycle, reload.onChange]).toEqual([expected, false]);
});
