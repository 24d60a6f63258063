import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from '../../../test/support/outbound/certificates.js';
import { materialOf } from '../../../test/support/outbound/material.js';
import { Secret } from '../../base/secret.js';
import type { TlsConfig } from '../config.js';
import { PLAIN_TLS, parseTlsVersion, type RawTlsConfig, readTlsConfig } from './tls-config.js';

const authority = makeAuthority();
const CA = authority.certificate;
const other = makeAuthority('Other').certificate;
const pair = authority.issue({ names: ['DNS:client.example.org'] });
const second = authority.issue({ names: ['DNS:second.example.org'] });
const expired = authority.issue({ names: ['DNS:old.example.org'], days: -1 });

const PASSWORD = 'pass:wörd';
const key = createPrivateKey(pair.key);
const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSWORD }).toString();
const legacy = key.export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: PASSWORD }).toString();
const der = new X509Certificate(CA).raw;

const FILES = {
  'ca.pem': CA,
  'two.pem': `# ours\n${CA}\nand theirs:\n${other}`,
  'broken.pem': `${CA}\n${CA.replace(/\n[\w+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA')}`,
  'ca.cer': der,
  'empty.pem': '',
  'text.pem': 'password=hunter2',
  'locked.pem': 'forbidden',
  'client.pem': pair.cert,
  'client.key': pair.key,
  'both.pem': `${pair.key}${pair.cert}`,
  'chain.pem': `${pair.cert}${CA}`,
  'reversed.pem': `${CA}${pair.cert}`,
  'second.key': second.key,
  'encrypted.key': encrypted,
  'legacy.key': legacy,
  'broken.key': pair.key.replace(/\n[\w+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
  'old.pem': expired.cert,
  'old.key': expired.key,
};

async function read(
  raw: RawTlsConfig,
  inherited?: TlsConfig,
): Promise<{ readonly tls: TlsConfig; readonly errors: readonly string[]; readonly warnings: readonly string[] }> {
  const context = materialOf(FILES);
  const tls = await readTlsConfig(raw, { ...context, path: ['t'], inherited });
  return { tls, errors: context.errors(), warnings: context.warnings() };
}

function subjects(pem: string): readonly string[] {
  return pem.split(/(?<=-----END CERTIFICATE-----\n)/).map((each) => new X509Certificate(each).subject);
}

describe('authorities', () => {
  const folded = CA.trim().replaceAll('\n', ' ');
  test.each<readonly [string, RawTlsConfig, readonly string[]]>([
    ['none', {}, []],
    ['a file', { ca_file: 'ca.pem' }, ['CN=Test Authority']],
    ['a file with two', { ca_file: 'two.pem' }, ['CN=Test Authority', 'CN=Other']],
    ['a text', { ca: CA }, ['CN=Test Authority']],
    ['a text whose line breaks are written', { ca: CA.replaceAll('\n', '\\n') }, ['CN=Test Authority']],
    ['a text whose line breaks YAML has folded', { ca: folded }, ['CN=Test Authority']],
    ['a text with carriage returns', { ca: CA.replaceAll('\n', '\r\n') }, ['CN=Test Authority']],
    ['a text by an older name', { ca: CA.replaceAll('CERTIFICATE', 'X509 CERTIFICATE') }, ['CN=Test Authority']],
  ])('%s', async (_, raw, expected) => {
    const { tls, errors, warnings } = await read(raw);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([]);
    expect(tls).toEqual({ ...PLAIN_TLS, certificateAuthorities: expect.any(Array) });
    expect(tls.certificateAuthorities.flatMap(subjects)).toEqual(expected);
  });
});

describe('client certificates', () => {
  const password = new Secret(PASSWORD);
  const secretKey = new Secret(pair.key);
  test.each<readonly [string, RawTlsConfig, number]>([
    ['two files', { cert_file: 'client.pem', key_file: 'client.key' }, 1],
    ['one file', { cert_file: 'both.pem', key_file: 'both.pem' }, 1],
    ['a chain', { cert_file: 'chain.pem', key_file: 'client.key' }, 2],
    ['texts', { cert: pair.cert, key: secretKey }, 1],
    ['a file and a text', { cert_file: 'client.pem', key: secretKey }, 1],
    [
      'texts in one line',
      { cert: pair.cert.replaceAll('\n', '\\n'), key: new Secret(pair.key.replaceAll('\n', ' ')) },
      1,
    ],
    ['an encrypted key', { cert: pair.cert, key_file: 'encrypted.key', key_password: password }, 1],
    ['an encrypted key of the older form', { cert: pair.cert, key_file: 'legacy.key', key_password: password }, 1],
    [
      'the same in one line',
      { cert: pair.cert, key: new Secret(legacy.replaceAll('\n', '\\n')), key_password: password },
      1,
    ],
    ['a password that is not needed', { cert: pair.cert, key: secretKey, key_password: password }, 1],
  ])('%s', async (_, raw, certificates) => {
    const { tls, errors } = await read(raw);
    expect(errors).toEqual([]);
    const chain = tls.identity?.certificate ?? '';
    expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(certificates);
    expect(new X509Certificate(chain).checkPrivateKey(createPrivateKey(tls.identity?.key.reveal() ?? ''))).toBe(true);
    expect(tls.identity?.key.reveal()).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });
});

describe('what is wrong', () => {
  const wrong = new Secret('wr0ng-passw0rd');
  test.each<readonly [string, RawTlsConfig, readonly string[]]>([
    [
      'a file that is not there',
      { ca_file: 'none.pem' },
      ['t.ca_file: found "none.pem", which cannot be read: no such file, expected the name of a readable file'],
    ],
    [
      'a file that may not be read',
      { ca_file: 'locked.pem' },
      [expect.stringMatching(/^t\.ca_file: found "locked\.pem", which cannot be read: EACCES/)],
    ],
    [
      'an empty file',
      { ca_file: 'empty.pem' },
      [
        't.ca_file: found "empty.pem" without a PEM certificate, expected at least one block "-----BEGIN CERTIFICATE-----"',
      ],
    ],
    [
      'a text that is none',
      { ca: 'hunter2' },
      [expect.stringMatching(/^t\.ca: found a text without a PEM certificate/)],
    ],
    [
      'a file with other text',
      { ca_file: 'text.pem' },
      [expect.stringMatching(/^t\.ca_file: found "text\.pem" without/)],
    ],
    [
      'a bare DER certificate',
      { ca_file: 'ca.cer' },
      [expect.stringContaining('convert it: openssl x509 -inform der -in ca.cer -out ca.cer.pem')],
    ],
    [
      'a broken certificate among others',
      { ca_file: 'broken.pem' },
      [
        't.ca_file: found "broken.pem", where certificate 2 of 2 cannot be parsed, expected PEM certificates that are whole',
      ],
    ],
    [
      'file and text of authorities',
      { ca_file: 'ca.pem', ca: CA },
      ['t.ca_file: found ca beside it, expected either ca_file or ca; remove one of them'],
    ],
    [
      'files and texts of all',
      { cert_file: 'client.pem', cert: pair.cert, key_file: 'client.key', key: new Secret(pair.key) },
      [
        't.cert_file: found cert beside it, expected either cert_file or cert; remove one of them',
        't.key_file: found key beside it, expected either key_file or key; remove one of them',
      ],
    ],
    [
      'a certificate without key',
      { cert_file: 'client.pem' },
      ['t.cert_file: found a certificate without key, expected its private key beside it, in key_file or key'],
    ],
    [
      'a key without certificate',
      { key: new Secret(pair.key) },
      ['t.key: found a key without certificate, expected its certificate beside it, in cert_file or cert'],
    ],
    [
      'neither file is there',
      { cert_file: 'none.pem', key_file: 'none.key' },
      [expect.stringMatching(/^t\.cert_file: .*no such file/), expect.stringMatching(/^t\.key_file: .*no such file/)],
    ],
    [
      'a key that does not fit',
      { cert_file: 'client.pem', key_file: 'second.key' },
      [
        't.key_file: found a key that does not fit the certificate of t.cert_file, expected the key that the certificate was made for',
      ],
    ],
    [
      'the chain before the leaf',
      { cert_file: 'reversed.pem', key_file: 'client.key' },
      [expect.stringMatching(/^t\.key_file: .*put certificate 2 of them first, and what signed it behind$/)],
    ],
    [
      'a certificate in place of the key',
      { cert_file: 'client.pem', key_file: 'client.pem' },
      ['t.key_file: found "client.pem" without a PEM key, expected a block "-----BEGIN PRIVATE KEY-----"'],
    ],
    [
      'a broken key',
      { cert_file: 'client.pem', key_file: 'broken.key' },
      ['t.key_file: found "broken.key" with a key that cannot be parsed, expected an RSA or EC key that is whole'],
    ],
    [
      'an encrypted key without password',
      { cert_file: 'client.pem', key_file: 'encrypted.key' },
      ['t.key_file: found "encrypted.key" with an encrypted key, expected its password in t.key_password'],
    ],
    [
      'an encrypted key of the older form without password',
      { cert_file: 'client.pem', key_file: 'legacy.key' },
      ['t.key_file: found "legacy.key" with an encrypted key, expected its password in t.key_password'],
    ],
    [
      'a wrong password',
      { cert_file: 'client.pem', key_file: 'encrypted.key', key_password: wrong },
      [
        't.key_password: found a password that does not decrypt the key of t.key_file, expected the password of the key',
      ],
    ],
    [
      'a wrong password of the older form',
      { cert_file: 'client.pem', key: new Secret(legacy), key_password: wrong },
      ['t.key_password: found a password that does not decrypt the key of t.key, expected the password of the key'],
    ],
    [
      'a server name that is a URL',
      { server_name: 'https://apps.example.org' },
      [
        't.server_name: found "https://apps.example.org", expected a host name such as apps.example.org, without scheme and port',
      ],
    ],
    ['a server name with port', { server_name: 'apps.example.org:443' }, [expect.stringMatching(/^t\.server_name/)]],
    [
      'a version that is none',
      { min_version: 'TLS14' },
      ['t.min_version: found "TLS14", expected one of TLS10, TLS11, TLS12, TLS13'],
    ],
  ])('%s', async (_, raw, expected) => {
    const { tls, errors } = await read(raw);
    expect(errors).toEqual(expected);
    expect(tls).toEqual(PLAIN_TLS);
    for (const secret of ['hunter2', 'wr0ng', 'MII', 'PRIVATE KEY-----\n'])
      expect(errors.join('\n')).not.toContain(secret);
  });
});

describe('certificates outside of their time are warned of, and used', () => {
  test('expired', async () => {
    const { tls, errors, warnings } = await read({ cert_file: 'old.pem', key_file: 'old.key' });
    expect(errors).toEqual([]);
    expect(tls.identity).toBeDefined();
    expect(warnings).toEqual([
      expect.stringMatching(
        /^t\.cert_file: found a certificate that expired on .* GMT, expected one that is still valid$/,
      ),
    ]);
  });

  test.each<readonly [string, number, RegExp]>([
    ['long after', Date.UTC(2200, 0), /expired on .* \(the first of 2\)/],
    ['long before', Date.UTC(2000, 0), /is valid from .* only/],
  ])('%s', async (_, now, words) => {
    const context = materialOf(FILES);
    const tls = await readTlsConfig({ ca_file: 'two.pem' }, { ...context, now: () => now, path: ['t'] });
    expect(tls.certificateAuthorities.length).toBe(2);
    expect(context.warnings()).toEqual([expect.stringMatching(words)]);
  });
});

describe('what is not said is inherited', () => {
  const inherited: TlsConfig = {
    certificateAuthorities: [other],
    identity: { certificate: second.cert, key: new Secret(second.key) },
    serverName: 'inherited.example.org',
    verify: 'never',
    minVersion: 'TLSv1.3',
  };
  test.each<readonly [string, RawTlsConfig, Partial<TlsConfig>]>([
    ['all of it', {}, {}],
    ['but the authorities', { ca: CA }, { certificateAuthorities: [CA] }],
    ['but the server name', { server_name: 'own.example.org' }, { serverName: 'own.example.org' }],
    ['but the verification', { insecure_skip_verify: false }, { verify: 'always' }],
    ['but the version', { min_version: 'TLS11' }, { minVersion: 'TLSv1.1' }],
  ])('%s', async (_, raw, changes) => {
    expect((await read(raw, inherited)).tls).toEqual({ ...inherited, ...changes });
  });

  test('but the identity', async () => {
    const { tls } = await read({ cert_file: 'client.pem', key_file: 'client.key' }, inherited);
    expect(subjects(tls.identity?.certificate ?? '')).toEqual(['CN=leaf']);
    expect(tls.identity?.certificate).toBe(pair.cert);
  });
});

test.each<readonly [string, TlsConfig['minVersion']]>([
  ['TLS10', 'TLSv1'],
  ['TLS11', 'TLSv1.1'],
  ['TLS12', 'TLSv1.2'],
  ['tls13', 'TLSv1.3'],
  ['TLSv1', 'TLSv1'],
  ['TLSv1.2', 'TLSv1.2'],
  ['TLS1_3', 'TLSv1.3'],
  ['TLS_1_2', 'TLSv1.2'],
  ['TLS14', undefined],
  ['SSLv3', undefined],
  ['1.2', undefined],
  ['', undefined],
])('%s is %s', (text, version) => {
  expect(parseTlsVersion(text)).toBe(version);
});
