import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf, reveal, warningsOf } from '../../../test/support/config/outcome.js';
import { type Authority, type KeyPair, makeAuthority } from '../../../test/support/outbound/certificates.js';

const STORES = new URL('../../../test/fixtures/key-stores/', import.meta.url);
const store = (name: string): Uint8Array => readFileSync(new URL(name, STORES));

const ssl = (text: string): string => `server.ssl: ${text}`;
const PAIR = 'certificate: cert.pem, certificate-private-key: key.pem';

describe('TLS of our own by the names of Spring Boot', () => {
  let authority: Authority;
  let pair: KeyPair;
  let files: Record<string, string | Uint8Array>;

  beforeAll(() => {
    authority = makeAuthority();
    pair = authority.issue({ names: ['DNS:promregator.example.org'] });
    files = {
      '/work/ca.pem': authority.certificate,
      '/work/cert.pem': pair.cert,
      '/work/key.pem': pair.key,
      '/work/store.p12': store('java17.p12'),
      '/work/trust.p12': store('trust-java17.jks'),
      '/work/real.jks': store('real.jks'),
    };
  });

  test.each<[string, string, Record<string, unknown> | undefined]>([
    ['nothing', 'server.port: 1', undefined],
    ['switched off in spite of the rest', ssl(`{enabled: false, ${PAIR}}`), undefined],
    ['a PEM pair', ssl(`{${PAIR}}`), { clientAuth: 'none', clientAuthorities: [], allowedSans: [] }],
    ['names with file:', ssl('{certificate: "file:cert.pem", certificatePrivateKey: "file:///work/key.pem"}'), {}],
    ['a key store', ssl('{key-store: store.p12, key-store-password: changeit, key-store-type: JKS}'), {}],
    [
      'a key by its alias',
      ssl('{key-store: "file:store.p12", key-store-password: changeit, key-alias: second, key-password: changeit}'),
      {},
    ],
    [
      'client certificates, by PEM',
      ssl(`{${PAIR}, client-auth: need, trust-certificate: ca.pem}`),
      { clientAuth: 'require' },
    ],
    [
      'client certificates, by a store',
      ssl(`{${PAIR}, client-auth: WANT, trust-store: trust.p12, trust-store-password: changeit}`),
      { clientAuth: 'verify-if-given' },
    ],
    [
      'versions and ciphers',
      ssl(
        `{${PAIR}, protocol: TLS, enabled-protocols: "TLSv1.2, TLSv1.3", ciphers: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, ECDHE-ECDSA-CHACHA20-POLY1305, TLS_AES_256_GCM_SHA384]}`,
      ),
      {
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
        ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:TLS_AES_256_GCM_SHA384',
      },
    ],
    ['one version', ssl(`{${PAIR}, enabled-protocols: [TLSv1.3]}`), { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' }],
  ])('%s', async (_, yaml, expected) => {
    const { server } = await configOf({ yaml, files });
    if (expected === undefined) expect(server.tls).toBeUndefined();
    else expect(server.tls).toMatchObject(expected);
  });

  test('client certificates, by the trust store of Java', async () => {
    const args = ['-Djavax.net.ssl.trustStore=trust.p12', '-Djavax.net.ssl.trustStorePassword=changeit'];
    const { server } = await configOf({ yaml: ssl(`{${PAIR}, client-auth: need}`), args, files });
    expect(server.tls?.clientAuthorities).toHaveLength(2);
  });

  test('contents, not names of files', async () => {
    const yaml = `server.ssl:
  certificate: ${JSON.stringify(pair.cert)}
  certificate-private-key: ${JSON.stringify(pair.key)}
  client-auth: need
  trust-certificate: ${JSON.stringify(authority.certificate)}`;
    const { server } = await configOf({ yaml });
    expect(reveal(server.tls)).toMatchObject({
      identity: { certificate: pair.cert, key: expect.stringContaining('-----BEGIN PRIVATE KEY-----') },
      clientAuthorities: [authority.certificate],
    });
  });

  test.each<[string, Omit<Written, 'files'>, string]>([
    [
      'switched on without anything',
      { args: ['--server.ssl.enabled=true'] },
      'server.ssl.certificate: found nothing, expected our certificate, here or in server.ssl.key-store; or switch TLS off by server.ssl.enabled: false',
    ],
    [
      'a certificate without key',
      { yaml: ssl('{certificate: cert.pem}') },
      'server.ssl.certificate-private-key: found nothing, expected the key of the certificate',
    ],
    [
      'two of them',
      { yaml: ssl(`{${PAIR}, key-store: store.p12}`) },
      'server.ssl.key-store: found a key store beside a certificate, expected one or the other',
    ],
    ['a real JKS', { yaml: ssl('{key-store: real.jks, key-store-password: changeit}') }, 'keytool'],
    [
      'the wrong password',
      { yaml: ssl('{key-store: store.p12, key-store-password: hunter2}') },
      'server.ssl.key-store',
    ],
    [
      'a resource within a jar',
      { yaml: ssl('{key-store: "classpath:store.p12", key-store-password: changeit}') },
      'server.ssl.key-store: found a place that begins with classpath:, expected the name of a file; copy it into a file of its own',
    ],
    [
      'a bundle',
      { yaml: ssl('{bundle: x}') },
      'server.ssl.bundle: not supported: we would listen without TLS; name server.ssl.certificate or server.ssl.key-store',
    ],
    [
      'client certificates that nobody signs',
      { yaml: ssl(`{${PAIR}, client-auth: need}`) },
      'server.ssl.client-auth: found "need" without authorities, expected server.ssl.trust-certificate or server.ssl.trust-store beside it',
    ],
    [
      'a version that is none',
      { yaml: ssl(`{${PAIR}, enabled-protocols: SSLv3}`) },
      'enabled-protocols[0]: found "SSLv3"',
    ],
    [
      'versions with a gap',
      { yaml: ssl(`{${PAIR}, enabled-protocols: "TLSv1.1,TLSv1.3"}`) },
      'enabled-protocols: found versions with a gap',
    ],
    [
      'a cipher that nobody has',
      { yaml: ssl(`{${PAIR}, ciphers: TLS_RSA_WITH_ROT13}`) },
      'server.ssl.ciphers: found none that is known',
    ],
  ])('%s', async (_, written, expected) => {
    const problems = await problemsOf({ ...written, files });
    expect(problems).toEqual([expect.stringContaining(expected)]);
    expect(problems.join()).not.toContain('hunter2');
  });

  test.each<[string, string, boolean]>([
    ['asked for', 'need', false],
    ['only wished for', 'want', true],
  ])('client certificates that are %s guard us', async (_, clientAuth, warned) => {
    const yaml = ssl(`{${PAIR}, client-auth: ${clientAuth}, trust-certificate: ca.pem}`);
    const warnings = await warningsOf({ yaml, files });
    expect(warnings.some((each) => each.includes('server.address'))).toBe(warned);
  });

  test('one cipher that nobody has among others is left out', async () => {
    const yaml = ssl(`{${PAIR}, ciphers: [AES128-SHA, TLS_RSA_WITH_ROT13]}`);
    expect((await configOf({ yaml, files })).server.tls?.ciphers).toBe('AES128-SHA');
    expect(await warningsOf({ yaml, files })).toContainEqual(
      expect.stringContaining('server.ssl.ciphers[1]: found "TLS_RSA_WITH_ROT13"'),
    );
  });

  test.each<[string, string | undefined]>([
    ['tls_ecdhe_ecdsa_with_aes_256_gcm_sha384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384', 'ECDHE-RSA-AES256-SHA384'],
    ['TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'DHE-RSA-CHACHA20-POLY1305'],
    ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
    ['TLS_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256'],
    ['AES256-GCM-SHA384', 'AES256-GCM-SHA384'],
    ['HIGH', undefined],
  ])('OpenSSL’s name of %s', async (name, expected) => {
    const problems = await problemsOf({ yaml: ssl(`{${PAIR}, ciphers: ${name}}`), files });
    if (expected === undefined) expect(problems).toHaveLength(1);
    else
      expect((await configOf({ yaml: ssl(`{${PAIR}, ciphers: ${name}}`), files })).server.tls?.ciphers).toBe(expected);
  });
});
