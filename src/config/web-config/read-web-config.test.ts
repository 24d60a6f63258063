import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeAuthority } from '../../../test/support/outbound/certificates.js';
import { type Findings, formatProblem } from '../report.js';
import { readWebConfig, type WebConfig } from './read-web-config.js';

const HASH = '$2y$10$abcdefghijklmnopqrstuuDzJ4yo9Gv1LyHnZ0G2l2wVhIv3h9ZJ6';
const folder = mkdtempSync(join(tmpdir(), 'promregator-test-web-'));
const authority = makeAuthority();
const pair = authority.issue({ names: ['DNS:localhost'] });
const other = authority.issue({ names: ['DNS:localhost'] });
for (const [name, text] of [
  ['server.crt', pair.cert],
  ['server.key', pair.key],
  ['other.key', other.key],
  ['ca.crt', authority.certificate],
  ['empty.crt', ''],
] as const) {
  writeFileSync(join(folder, name), text);
}
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly config: WebConfig | undefined;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

async function read(text: string): Promise<Read> {
  const findings: Findings = { problems: [], warnings: [] };
  const file = join(folder, 'web.yml');
  const config = await readWebConfig({ file, text, readBytes: (name) => readFile(name), findings });
  const lines = (of: Findings['problems']): string[] =>
    of.map((each) => formatProblem(each).replaceAll(`${folder}/`, ''));
  return { config, problems: lines(findings.problems), warnings: lines(findings.warnings) };
}

/** With a certificate, further lines below `tls_server_config`. */
function tls(...lines: readonly string[]): string {
  return ['tls_server_config:', 'cert_file: server.crt', 'key_file: server.key', ...lines].join('\n  ');
}

const indented = (pem: string): string => pem.trimEnd().replaceAll('\n', '\n    ');

describe('good files', () => {
  const NOTHING = { tls: undefined, headers: {}, users: [], rateLimit: undefined };
  const BASE = { clientAuthorities: [], clientAuth: 'none', allowedSans: [] };
  const CA = [authority.certificate];

  test.each<[string, string, unknown]>([
    ['an empty file', '', NOTHING],
    ['comments alone', '# nothing\n', NOTHING],
    ['groups without content', 'tls_server_config:\nhttp_server_config: {}\nbasic_auth_users:\n', NOTHING],
    ['empty texts, which count as not set', "tls_server_config:\n  cert_file: ''\n  key_file: ''\n", NOTHING],
    ['a certificate', tls(), { ...NOTHING, tls: BASE }],
    [
      'texts in place of files',
      `tls_server_config:\n  cert: |\n    ${indented(pair.cert)}\n  key: |\n    ${indented(pair.key)}\n`,
      { ...NOTHING, tls: BASE },
    ],
    [
      'clients that must prove who they are',
      tls(
        'client_auth_type: RequireAndVerifyClientCert',
        'client_ca_file: ca.crt',
        'client_allowed_sans: [prometheus, "spiffe://x/y"]',
      ),
      {
        ...NOTHING,
        tls: { clientAuth: 'require', clientAuthorities: CA, allowedSans: ['prometheus', 'spiffe://x/y'] },
      },
    ],
    [
      'clients that may',
      tls('client_auth_type: VerifyClientCertIfGiven', 'client_ca_file: ca.crt'),
      { ...NOTHING, tls: { ...BASE, clientAuth: 'verify-if-given', clientAuthorities: CA } },
    ],
    [
      'clients that are asked',
      tls('client_auth_type: RequestClientCert'),
      { ...NOTHING, tls: { clientAuth: 'request' } },
    ],
    ['any client certificate', tls('client_auth_type: RequireAnyClientCert'), { tls: { clientAuth: 'require-any' } }],
    ['its older word', tls('client_auth_type: RequireClientCert'), { tls: { clientAuth: 'require-any' } }],
    ['none by name', tls('client_auth_type: NoClientCert'), { tls: BASE }],
    [
      'versions, suites and curves',
      tls(
        'min_version: TLS12',
        'max_version: TLS13',
        'prefer_server_cipher_suites: true',
        'cipher_suites:',
        '- TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
        '- TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
        '- TLS_RSA_WITH_AES_128_CBC_SHA',
        '- TLS_AES_128_GCM_SHA256',
        'curve_preferences: [X25519, CurveP256]',
      ),
      {
        tls: {
          minVersion: 'TLSv1.2',
          maxVersion: 'TLSv1.3',
          ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:AES128-SHA:TLS_AES_128_GCM_SHA256',
          curves: 'X25519:P-256',
        },
      },
    ],
    [
      'headers',
      'http_server_config:\n  headers:\n    X-Frame-Options: deny\n    Strict-Transport-Security: max-age=1\n',
      { ...NOTHING, headers: { 'x-frame-options': 'deny', 'strict-transport-security': 'max-age=1' } },
    ],
    [
      'users, whose names are names whatever they look like',
      `basic_auth_users:\n  john.doe: ${HASH}\n  0123: ${HASH}\n`,
      {
        ...NOTHING,
        users: [
          { username: 'john.doe', form: 'bcrypt' },
          { username: '0123', form: 'bcrypt' },
        ],
      },
    ],
    [
      'users by an alias',
      `basic_auth_users:\n  a: &hash ${HASH}\n  b: *hash\n`,
      { users: [{ username: 'a' }, { username: 'b' }] },
    ],
    [
      'a rate limit',
      'rate_limit:\n  interval: 1m0.5s\n  burst: 20\n',
      { rateLimit: { intervalMs: 60_500, burst: 20 } },
    ],
    ['no interval, no limit', 'rate_limit:\n  burst: 20\n', { rateLimit: undefined }],
    ['a byte order mark', `\uFEFFbasic_auth_users: {a: ${HASH}}`, { users: [{ username: 'a' }] }],
  ])('%s', async (_, text, expected) => {
    const { config, problems, warnings } = await read(text);
    expect([problems, warnings]).toEqual([[], []]);
    expect(config).toMatchObject(expected as object);
    expect(config?.tls === undefined).toBe((expected as { tls?: unknown }).tls === undefined);
  });

  test('identity and hashes are there whole', async () => {
    const { config } = await read(`${tls()}\nbasic_auth_users: {a: ${HASH}}\n`);
    expect(config?.tls?.identity.certificate).toBe(pair.cert);
    expect(config?.tls?.identity.key.reveal()).toContain('PRIVATE KEY');
    expect(config?.users[0]?.password.reveal()).toBe(HASH);
  });
});

describe('bad files', () => {
  test.each<[string, string, readonly (string | RegExp)[]]>([
    [
      'an unknown group',
      'tls_server_confg: {}',
      [/^web.yml:1:1: tls_server_confg: found an unknown name.*did you mean tls_server_config\?$/],
    ],
    [
      'an unknown name',
      tls('client_ca_fil: x'),
      [/^web.yml:4:3: tls_server_config.client_ca_fil: found an unknown name.*client_ca_file\?$/],
    ],
    [
      'an unknown name of http',
      'http_server_config:\n  htp2: true',
      [/^web.yml:2:3: http_server_config.htp2: .*http2\?$/],
    ],
    [
      'a name twice',
      `basic_auth_users:\n  a: ${HASH}\n  a: ${HASH}`,
      [/^web.yml:3:3: basic_auth_users.a: found a name that stands there twice/],
    ],
    ['a list at the top', '- a', [/^web.yml:1:1: found no map at the top/]],
    ['a text at the top', 'tls', [/^web.yml:1:1: found no map at the top/]],
    ['two documents', 'rate_limit: {}\n---\nrate_limit: {}', [/^web.yml:3:1: found a second YAML document/]],
    ['a bracket that stays open', 'basic_auth_users: {a: b', [/^web.yml:1:\d+: found .*bracket/]],
    [
      'a group that is a list',
      'basic_auth_users: [a]',
      [/^web.yml:1:19: basic_auth_users: found a list, expected a map$/],
    ],
    [
      'a missing key',
      'tls_server_config:\n  cert_file: server.crt',
      [/^web.yml:1:1: tls_server_config.key_file: found nothing, expected key_file or key/],
    ],
    [
      'a missing certificate',
      'tls_server_config:\n  key_file: server.key',
      [/tls_server_config.cert_file: found nothing/],
    ],
    [
      'settings without a certificate',
      'tls_server_config:\n  min_version: TLS13',
      [/cert_file: found nothing/, /key_file: found nothing/],
    ],
    [
      'a certificate twice',
      tls('cert: x'),
      [/^web.yml:2:14: tls_server_config.cert_file: found cert beside it, expected either/],
    ],
    [
      'a certificate that is not there',
      tls().replace('server.crt', 'gone.crt'),
      [/^web.yml:2:14: tls_server_config.cert_file: found "gone.crt", which cannot be read: no such file/],
    ],
    [
      'a certificate that is none',
      tls().replace('server.crt', 'empty.crt'),
      [/^web.yml:2:14: tls_server_config.cert_file: found "empty.crt" without a PEM certificate/],
    ],
    [
      'a key of another',
      tls().replace('server.key', 'other.key'),
      [/^web.yml:3:13: tls_server_config.key_file: found a key that does not fit/],
    ],
    [
      'a key that is none',
      `tls_server_config:\n  cert_file: server.crt\n  key: hunter2`,
      [/^web.yml:3:8: tls_server_config.key: found a text without a PEM key/],
    ],
    [
      'a version of nobody',
      tls('min_version: TLS14'),
      [
        /^web.yml:4:16: tls_server_config.min_version: found "TLS14", expected one of TLS10, TLS11, TLS12, TLS13; did you mean TLS1\d\?$/,
      ],
    ],
    [
      'versions the wrong way round',
      tls('min_version: TLS13', 'max_version: TLS12'),
      [/^web.yml:5:16: tls_server_config.max_version: found a version below min_version/],
    ],
    [
      "OpenSSL's name of a suite",
      tls('cipher_suites: [ECDHE-RSA-AES128-GCM-SHA256]'),
      [
        /^web.yml:4:19: tls_server_config.cipher_suites\[0\]: found "ECDHE-RSA-AES128-GCM-SHA256", expected one of TLS_AES/,
      ],
    ],
    [
      'an insecure suite',
      tls('cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]'),
      [/cipher_suites\[0\]: found "TLS_RSA_WITH_RC4_128_SHA"/],
    ],
    [
      'suites that are no list',
      tls('cipher_suites: TLS_AES_128_GCM_SHA256'),
      [/cipher_suites: found a text, expected a list/],
    ],
    [
      'an unknown curve',
      tls('curve_preferences: [CurveP255]'),
      [/curve_preferences\[0\]: found "CurveP255".*did you mean CurveP256\?/],
    ],
    [
      'an unknown way to ask clients',
      tls('client_auth_type: RequireAndVerify'),
      [/client_auth_type: found "RequireAndVerify", expected one of NoClientCert/],
    ],
    [
      'clients verified by nobody',
      tls('client_auth_type: RequireAndVerifyClientCert'),
      [/client_auth_type: found no authorities to verify by/],
    ],
    [
      'authorities, and nobody asked',
      tls('client_ca_file: ca.crt'),
      [/client_auth_type: found authorities for clients that nobody asks/],
    ],
    [
      'names, and nobody asked',
      tls('client_allowed_sans: [x]'),
      [/client_auth_type: found names of clients that nobody asks/],
    ],
    [
      'authorities that are not there',
      tls('client_auth_type: RequireAndVerifyClientCert', 'client_ca_file: gone.crt'),
      [/^web.yml:5:19: tls_server_config.client_ca_file: found "gone.crt"/],
    ],
    [
      'no boolean',
      tls('prefer_server_cipher_suites: 1'),
      [/prefer_server_cipher_suites: found "1", expected true or false/],
    ],
    [
      'a header of another kind',
      'http_server_config: {headers: {X-Frame-Option: deny}}',
      [/X-Frame-Option: found a header that cannot be set.*did you mean X-Frame-Options\?/],
    ],
    [
      'a value that the header cannot have',
      'http_server_config: {headers: {X-Frame-Options: allow}}',
      [/X-Frame-Options: found "allow", expected deny or sameorigin/],
    ],
    [
      'a header with a line break',
      'http_server_config: {headers: {X-XSS-Protection: "a\\r\\nb: c"}}',
      [/X-XSS-Protection: found "a b: c", expected a value of printable/],
    ],
    ['headers that are no map', 'http_server_config: {headers: x}', [/headers: found a text, expected a map/]],
    [
      'a plain password',
      'basic_auth_users: {a: hunter2}',
      [/^web.yml:1:23: basic_auth_users.a: found a text that is no bcrypt hash \(not shown\)/],
    ],
    [
      'a hash cut short',
      `basic_auth_users: {a: "${HASH.slice(0, -1)}"}`,
      [/basic_auth_users.a: found a text that is no bcrypt hash/],
    ],
    [
      'a hash with a cost of 3',
      `basic_auth_users: {a: "${HASH.replace('$10$', '$03$')}"}`,
      [/found a text that is no bcrypt hash/],
    ],
    ['no hash', 'basic_auth_users: {a: }', [/basic_auth_users.a: found nothing/]],
    ['a map for a hash', 'basic_auth_users: {a: {b: hunter2}}', [/basic_auth_users.a: found a map, expected a text/]],
    ['a user with a colon', `basic_auth_users: {"a:b": ${HASH}}`, [/found a name that no client can send/]],
    [
      'a number for a duration',
      'rate_limit: {interval: 5, burst: 1}',
      [/^web.yml:1:24: rate_limit.interval: found "5", expected a duration/],
    ],
    ['a burst of none', 'rate_limit: {interval: 1s}', [/rate_limit.burst: found nothing, expected how many/]],
    ['a burst that is no number', 'rate_limit: {interval: 1s, burst: many}', [/rate_limit.burst: found "many"/]],
  ])('%s', async (_, text, expected) => {
    const { problems } = await read(text);
    expect(problems).toEqual(expected.map((each) => expect.stringMatching(each)));
    expect(problems.join()).not.toMatch(/hunter2|abcdefghijklmnop|PRIVATE KEY-----\n/);
  });

  test('all problems are told at once', async () => {
    const { problems } = await read(
      `tls_server_config: {x: 1}\nbasic_auth_users: {a: b}\nrate_limit: {burst: x}\ny: 1`,
    );
    expect(problems).toHaveLength(6);
  });

  test.each([
    ['nested without end', '['.repeat(50_000)],
    ['nested deeply', `${'{a: '.repeat(200)}1${'}'.repeat(200)}`],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, at) => `${name}: &${name} [${`*${'abcdefghi'[at]},`.repeat(9)}]`)
        .join('\n')}`,
    ],
  ])('%s ends, with a problem', async (_, text) => {
    expect((await read(text)).problems.length).toBeGreaterThan(0);
  });
});

test.each([
  ['http2', 'http_server_config: {http2: true}', /^web.yml:1:29: http_server_config.http2: found true, expected false/],
  [
    'an order that we do not follow',
    tls('prefer_server_cipher_suites: false'),
    /prefer_server_cipher_suites: found false/,
  ],
])('a warning for %s', async (_, text, expected) => {
  const { problems, warnings } = await read(text);
  expect([problems, warnings]).toEqual([[], [expect.stringMatching(expected)]]);
});
