import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf, warningsOf } from '../../../test/support/config/outcome.js';
import { type Authority, type KeyPair, makeAuthority } from '../../../test/support/outbound/certificates.js';
import type { TlsConfig } from '../config.js';

const STORES = new URL('../../../test/fixtures/key-stores/', import.meta.url);
const store = (name: string): Uint8Array => readFileSync(new URL(name, STORES));

const RULE = 'promregator.targets: [{orgName: a, tls_config: {ca_file: other.pem}}, {orgName: b}]';

describe('TLS towards others', () => {
  let authority: Authority;
  let other: Authority;
  let pair: KeyPair;
  let files: Record<string, string | Uint8Array>;

  beforeAll(() => {
    authority = makeAuthority('First');
    other = makeAuthority('Second');
    pair = authority.issue({ names: ['DNS:client.example.org'] });
    files = {
      '/work/ca.pem': authority.certificate,
      '/work/other.pem': other.certificate,
      '/work/cert.pem': pair.cert,
      '/work/key.pem': pair.key,
      '/platform/1.crt': other.certificate,
      '/work/trust.jks': store('trust-java17.jks'),
      '/work/key.jks': store('java17.p12'),
      '/work/real.jks': store('real.jks'),
    };
  });

  /** The common names of what is trusted. */
  const trusted = ({ certificateAuthorities }: TlsConfig): readonly string[] =>
    certificateAuthorities.map((pem) => {
      if (pem === authority.certificate) return 'first';
      return pem === other.certificate ? 'second' : 'of the store';
    });

  interface Seen {
    readonly api?: readonly string[];
    readonly scraping?: readonly string[];
    readonly rule?: readonly string[];
  }

  test.each<[string, Omit<Written, 'files'>, Seen]>([
    ['nothing beside the system', {}, {}],
    ['a file towards the API', { yaml: 'cf.tls_config.ca_file: ca.pem' }, { api: ['first'] }],
    [
      'a file towards applications',
      { yaml: 'promregator.scraping.tls_config.ca_file: /work/ca.pem' },
      { scraping: ['first'] },
    ],
    [
      'a rule’s own in place of the default one',
      { yaml: `promregator.scraping.tls_config.ca_file: ca.pem\n${RULE}` },
      { scraping: ['first'], rule: ['second'] },
    ],
    [
      'the trust store of Java, for both',
      { args: ['-Djavax.net.ssl.trustStore=trust.jks', '-Djavax.net.ssl.trustStorePassword=changeit'] },
      { api: ['of the store', 'of the store'], scraping: ['of the store', 'of the store'] },
    ],
    [
      'options before the trust store',
      {
        yaml: 'cf.tls_config.ca_file: ca.pem',
        env: {
          ...MANDATORY_ENV,
          JAVA_OPTS: '-Djavax.net.ssl.trustStore=trust.jks -Djavax.net.ssl.trustStorePassword=changeit',
        },
      },
      { api: ['first'], scraping: ['of the store', 'of the store'] },
    ],
    [
      'what the platform trusts, beside all else',
      { yaml: `cf.tls_config.ca_file: ca.pem\n${RULE}`, env: { ...MANDATORY_ENV, CF_SYSTEM_CERT_PATH: '/platform' } },
      { api: ['first', 'second'], scraping: ['second'], rule: ['second', 'second'] },
    ],
  ])('%s', async (_, written, { api = [], scraping = [], rule }) => {
    const config = await configOf({ ...written, files });
    const [foundation] = config.foundations;
    expect(foundation && trusted(foundation.tls)).toEqual(api);
    expect(trusted(config.scraping.tls)).toEqual(scraping);
    const [first, second] = config.rules;
    expect([first?.tls && trusted(first.tls), second?.tls]).toEqual([rule, undefined]);
  });

  test('all of Prometheus’ options, and a rule over them one by one', async () => {
    const config = await configOf({
      yaml: `
promregator:
  scraping.tls_config: {ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem, server_name: apps, min_version: TLS13}
  targets: [{tls_config: {insecure_skip_verify: true, server_name: own}}]`,
      files,
    });
    const { tls } = config.scraping;
    expect(tls).toMatchObject({ serverName: 'apps', verify: 'always', minVersion: 'TLSv1.3' });
    expect(tls.identity?.certificate).toBe(pair.cert);
    expect(config.rules[0]?.tls).toEqual({ ...tls, serverName: 'own', verify: 'never' });
    expect(config.foundations[0]?.tls.identity).toBeUndefined();
  });

  test('our own certificate on Cloud Foundry', async () => {
    const { scraping } = await configOf({
      yaml: `promregator.scraping.tls_config: {cert_file: "$\{CF_INSTANCE_CERT}", key_file: "$\{CF_INSTANCE_KEY}"}`,
      env: { ...MANDATORY_ENV, CF_INSTANCE_CERT: '/work/cert.pem', CF_INSTANCE_KEY: '/work/key.pem' },
      files,
    });
    expect(scraping.tls.identity?.certificate).toBe(pair.cert);
  });

  test('the key store of Java, for applications alone', async () => {
    const args = ['-Djavax.net.ssl.keyStore=key.jks', '-Djavax.net.ssl.keyStorePassword=changeit'];
    const config = await configOf({ args, files });
    expect(config.scraping.tls.identity?.certificate).toContain('-----BEGIN CERTIFICATE-----');
    expect(config.foundations[0]?.tls.identity).toBeUndefined();
  });

  test('skipSslValidation and insecure_skip_verify are one', async () => {
    const one = await configOf({ yaml: 'cf.skipSslValidation: true', files });
    const two = await configOf({ yaml: 'cf.tls_config.insecure_skip_verify: true', files });
    expect([one, two].map((config) => config.foundations[0]?.tls.verify)).toEqual(['never', 'never']);
    expect(one.scraping.tls.verify).toBe('always');
  });

  test.each<[string, Omit<Written, 'files'>, string]>([
    [
      'a file that is not there',
      { yaml: 'cf.tls_config.ca_file: none.pem' },
      'promregator.yml:1:24: cf.tls_config.ca_file: found "none.pem", which cannot be read: no such file',
    ],
    [
      'a key in place of a certificate',
      { yaml: 'promregator.scraping.tls_config.ca_file: key.pem' },
      'promregator.scraping.tls_config.ca_file: found "key.pem" without a PEM certificate',
    ],
    [
      'a certificate alone, in a rule',
      { yaml: 'promregator.targets: [{tls_config.cert_file: cert.pem}]' },
      'promregator.targets[0].tls_config.cert_file: found a certificate without key',
    ],
    [
      'an unknown version',
      { yaml: 'cf.tls_config.min_version: SSL3' },
      'cf.tls_config.min_version: found "SSL3", expected one of TLS10, TLS11, TLS12, TLS13',
    ],
    [
      'the wrong password of a store, which is not shown',
      { args: ['-Djavax.net.ssl.trustStore=trust.jks', '-Djavax.net.ssl.trustStorePassword=hunter2'] },
      'javax.net.ssl.trustStore',
    ],
    [
      'a real JKS',
      { args: ['-Djavax.net.ssl.keyStore=real.jks', '-Djavax.net.ssl.keyStorePassword=changeit'] },
      'keytool',
    ],
  ])('%s', async (_, written, expected) => {
    const problems = await problemsOf({ ...written, files });
    expect(problems).toEqual([expect.stringContaining(expected)]);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('a folder of the platform that cannot be read is no error', async () => {
    const env = { ...MANDATORY_ENV, CF_SYSTEM_CERT_PATH: '/nowhere' };
    expect(await warningsOf({ env })).toContainEqual(expect.stringContaining('environment CF_SYSTEM_CERT_PATH'));
  });
});
