import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkRow, NO_FILE, type Row } from './support/configuration-table.js';
import { makeAuthority } from './support/outbound/certificates.js';

const authority = makeAuthority();
const pair = authority.issue({ names: ['DNS:localhost'] });
const expired = authority.issue({ names: ['DNS:localhost'], days: -1 });
const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/key-stores/${name}`, import.meta.url));

/** A bcrypt hash of nothing that anybody knows. */
const HASH = '$2y$10$abcdefghijklmnopqrstuuDzJ4yo9Gv1LyHnZ0G2l2wVhIv3h9ZJ6';

const MATERIAL = {
  's.crt': pair.cert,
  's.key': pair.key,
  'other.key': expired.key,
  'expired.crt': expired.cert,
  'ca.crt': authority.certificate,
  'real.jks': fixture('real.jks'),
  'real.jceks': fixture('real.jceks'),
  'java17.p12': fixture('java17.p12'),
} as const;

const yaml = (text: string, more: Row = {}): Row => ({ ...more, files: { ...MATERIAL, 'promregator.yml': text } });

describe('server.ssl', () => {
  test.concurrent.each<[string, Row]>([
    [
      'PEM files',
      yaml('server.ssl: {certificate: s.crt, certificate-private-key: s.key}', {
        effective: {
          'server.ssl.certificate': 's.crt @ promregator.yml:1:27',
          'server.ssl.certificate-private-key': 's.key @ promregator.yml:1:59',
        },
      }),
    ],
    ['a PKCS#12 store of keytool', yaml('server.ssl: {key-store: java17.p12, key-store-password: changeit}')],
    [
      'its password missing',
      yaml('server.ssl: {key-store: java17.p12}', {
        problems: [
          'promregator.yml:1:1: server.ssl.key-store-password: found nothing, expected the password of the store "java17.p12"',
        ],
      }),
    ],
    [
      'its password wrong',
      yaml('server.ssl: {key-store: java17.p12, key-store-password: hunter2}', {
        problems: [
          'promregator.yml:1:57: server.ssl.key-store-password: found a password that does not open "java17.p12", expected the password of the store',
        ],
      }),
    ],
    [
      'an alias that it does not have',
      yaml('server.ssl: {key-store: java17.p12, key-store-password: changeit, key-alias: third}', {
        problems: ['promregator.yml:1:78: server.ssl.key-alias: found "third", expected one of "first", "second"'],
      }),
    ],
    [
      'a store in JKS',
      yaml('server.ssl: {key-store: real.jks, key-store-password: changeit}', {
        problems: [
          'promregator.yml:1:25: server.ssl.key-store: found "real.jks", a store in Java\'s own format JKS, expected a PKCS#12 store; convert it and name that file: keytool -importkeystore -srckeystore real.jks -destkeystore real.p12 -deststoretype PKCS12',
        ],
      }),
    ],
    [
      'a store in JCEKS',
      yaml('server.ssl: {key-store: real.jceks, key-store-password: changeit}', {
        problems: [
          'promregator.yml:1:25: server.ssl.key-store: found "real.jceks", a store in Java\'s own format JCEKS, expected a PKCS#12 store; convert it and name that file: keytool -importkeystore -srckeystore real.jceks -srcstoretype JCEKS -destkeystore real.p12 -deststoretype PKCS12',
        ],
      }),
    ],
    [
      'a trust store in JKS',
      yaml(
        'server.ssl: {certificate: s.crt, certificate-private-key: s.key, client-auth: need, trust-store: real.jks}',
        {
          problems: [
            'promregator.yml:1:98: server.ssl.trust-store: found "real.jks", a store in Java\'s own format JKS, expected a PKCS#12 store; convert it and name that file: keytool -importkeystore -srckeystore real.jks -destkeystore real.p12 -deststoretype PKCS12',
          ],
        },
      ),
    ],
    [
      'a store on the class path',
      yaml('server.ssl: {key-store: "classpath:keys.p12"}', {
        problems: [
          'promregator.yml:1:25: server.ssl.key-store: found a place that begins with classpath:, expected the name of a file; copy it into a file of its own',
        ],
      }),
    ],
    [
      'a key of another certificate',
      yaml('server.ssl: {certificate: s.crt, certificate-private-key: other.key}', {
        problems: [
          'promregator.yml:1:59: server.ssl.certificate-private-key: found a key that does not fit the certificate of server.ssl.certificate, expected the key that the certificate was made for',
        ],
      }),
    ],
    [
      'a certificate that has expired',
      yaml('server.ssl: {certificate: expired.crt, certificate-private-key: other.key}', {
        warnings: [
          expect.stringMatching(
            /^promregator\.yml:1:27: server\.ssl\.certificate: found a certificate that expired on [^,]* GMT, expected one that is still valid$/,
          ),
        ],
      }),
    ],
    [
      'a certificate that is not there',
      yaml('server.ssl: {certificate: none.crt, certificate-private-key: s.key}', {
        problems: [
          'promregator.yml:1:27: server.ssl.certificate: found "none.crt", which cannot be read: no such file, expected the name of a readable file',
        ],
      }),
    ],
    [
      'a certificate beside a store',
      yaml('server.ssl: {certificate: s.crt, certificate-private-key: s.key, key-store: java17.p12}', {
        problems: [
          'promregator.yml:1:77: server.ssl.key-store: found a key store beside a certificate, expected one or the other; remove one of them',
        ],
      }),
    ],
    [
      'certificates of clients by nobody',
      yaml('server.ssl: {certificate: s.crt, certificate-private-key: s.key, client-auth: need}', {
        problems: [
          'promregator.yml:1:79: server.ssl.client-auth: found "need" without authorities, expected server.ssl.trust-certificate or server.ssl.trust-store beside it',
        ],
      }),
    ],
    [
      'versions with a gap',
      yaml('server.ssl: {certificate: s.crt, certificate-private-key: s.key, enabled-protocols: "TLSv1.1,TLSv1.3"}', {
        problems: [
          'promregator.yml:1:85: server.ssl.enabled-protocols: found versions with a gap, expected all between the first and the last',
        ],
      }),
    ],
    [
      'a cipher suite that nobody knows',
      yaml('server.ssl: {certificate: s.crt, certificate-private-key: s.key, ciphers: TLS_NONE}', {
        warnings: [
          'promregator.yml:1:75: server.ssl.ciphers[0]: found "TLS_NONE", expected cipher suites by OpenSSL\'s names or Java\'s that this Node knows; it is left out',
        ],
        problems: [
          "promregator.yml:1:75: server.ssl.ciphers: found none that is known, expected cipher suites by OpenSSL's names or Java's that this Node knows",
        ],
      }),
    ],
    ['switched off', yaml('server.ssl: {enabled: false, key-store: none.jks}')],
    [
      'a trust store of Java in JKS',
      {
        files: MATERIAL,
        env: { JAVA_OPTS: '-Djavax.net.ssl.trustStore=real.jks' },
        problems: [
          '-Djavax.net.ssl.trustStore in JAVA_OPTS: javax.net.ssl.trustStore: found "real.jks", a store in Java\'s own format JKS, expected a PKCS#12 store; convert it and name that file: keytool -importkeystore -srckeystore real.jks -destkeystore real.p12 -deststoretype PKCS12',
        ],
        warnings: [NO_FILE],
      },
    ],
  ])('%s', (_, row) => checkRow(row));
});

describe('web.config.file', () => {
  const web = (text: string, more: Row = {}): Row => ({
    ...more,
    files: {
      ...MATERIAL,
      'promregator.yml': 'server.port: 1',
      'etc/web.yml': text,
      'etc/s.crt': pair.cert,
      'etc/s.key': pair.key,
      ...more.files,
    },
    args: ['--web.config.file=etc/web.yml'],
  });
  const tls = (text: string): string => `tls_server_config:\n  cert_file: s.crt\n  key_file: s.key\n  ${text}`;
  const beside = (text: string): NonNullable<Row['files']> => ({ 'promregator.yml': text });

  test.concurrent.each<[string, Row]>([
    ['a good one, names from its own folder', web(`${tls('min_version: TLS12')}\nbasic_auth_users: {me: "${HASH}"}`)],
    ['an empty one', web('')],
    [
      'one that is not there',
      {
        args: ['--web.config.file=none.yml'],
        problems: [
          'command line --web.config.file: web.config.file: found "none.yml", which cannot be read: no such file, expected the name of a readable file',
        ],
        warnings: [NO_FILE],
      },
    ],
    [
      'no YAML',
      web('tls_server_config: [', {
        problems: [
          'etc/web.yml:1:21: found a line indented unlike its neighbours, or a bracket that is never closed, expected equal indentation in one map or list',
        ],
      }),
    ],
    [
      'an unknown group',
      web('tls_config:\n  cert_file: s.crt', {
        problems: [
          'etc/web.yml:1:1: tls_config: found an unknown name, expected one of tls_server_config, http_server_config, basic_auth_users, rate_limit',
        ],
      }),
    ],
    [
      'an unknown name',
      web(tls('client_auth: x'), {
        problems: [
          'etc/web.yml:4:3: tls_server_config.client_auth: found an unknown name, expected one of cert_file, key_file, cert, key, client_ca_file, client_ca, client_auth_type, client_allowed_sans, min_version, max_version, cipher_suites, prefer_server_cipher_suites, curve_preferences',
        ],
      }),
    ],
    [
      'a group that is none',
      web('tls_server_config: s.crt', {
        problems: ['etc/web.yml:1:20: tls_server_config: found a text, expected a map'],
      }),
    ],
    [
      'a certificate without key',
      web('tls_server_config:\n  cert_file: s.crt', {
        problems: [
          'etc/web.yml:1:1: tls_server_config.key_file: found nothing, expected key_file or key, since there are settings for TLS',
        ],
      }),
    ],
    [
      'a certificate that is not there',
      web('tls_server_config:\n  cert_file: none.crt\n  key_file: s.key', {
        problems: [
          'etc/web.yml:2:14: tls_server_config.cert_file: found "etc/none.crt", which cannot be read: no such file, expected the name of a readable file',
        ],
      }),
    ],
    [
      'a type of client check that is none',
      web(tls('client_auth_type: RequireAndVerify'), {
        problems: [
          'etc/web.yml:4:21: tls_server_config.client_auth_type: found "RequireAndVerify", expected one of NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert, RequireClientCert',
        ],
      }),
    ],
    [
      'a check of clients by nobody',
      web(tls('client_auth_type: RequireAndVerifyClientCert'), {
        problems: [
          'etc/web.yml:4:21: tls_server_config.client_auth_type: found no authorities to verify by, expected client_ca_file or client_ca beside it',
        ],
      }),
    ],
    [
      'authorities that nobody asks for',
      web(tls('client_ca_file: ../ca.crt'), {
        problems: [
          'etc/web.yml:1:1: tls_server_config.client_auth_type: found authorities for clients that nobody asks, expected a type that asks clients for a certificate, such as RequireAndVerifyClientCert',
        ],
      }),
    ],
    [
      'a version that is none',
      web(tls('min_version: TLS14'), {
        problems: [
          'etc/web.yml:4:16: tls_server_config.min_version: found "TLS14", expected one of TLS10, TLS11, TLS12, TLS13; did you mean TLS13?',
        ],
      }),
    ],
    [
      'a cipher suite that is none',
      web(tls('cipher_suites: [TLS_NONE]'), {
        problems: [
          'etc/web.yml:4:19: tls_server_config.cipher_suites[0]: found "TLS_NONE", expected one of TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_256_CBC_SHA, TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_GCM_SHA384',
        ],
      }),
    ],
    [
      'a password in place of its hash',
      web('basic_auth_users:\n  me: hunter2', {
        problems: [
          'etc/web.yml:2:7: basic_auth_users.me: found a text that is no bcrypt hash (not shown), expected 60 characters, such as $2y$10$ and 53 more; make one by promregator hash-password',
        ],
      }),
    ],
    [
      'a header that cannot be set',
      web('http_server_config:\n  headers:\n    X-Mine: "1"', {
        problems: [
          'etc/web.yml:3:13: http_server_config.headers.X-Mine: found a header that cannot be set, expected one of Content-Security-Policy, Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection',
        ],
      }),
    ],
    [
      'a value that a header cannot have',
      web('http_server_config:\n  headers:\n    X-Frame-Options: allow', {
        problems: [
          'etc/web.yml:3:22: http_server_config.headers.X-Frame-Options: found "allow", expected deny or sameorigin',
        ],
      }),
    ],
    [
      'several mistakes at once',
      web(`${tls('min_version: TLS14')}\nbasic_auth_users:\n  me: hunter2\nheaders: {}`, {
        problems: [
          'etc/web.yml:4:16: tls_server_config.min_version: found "TLS14", expected one of TLS10, TLS11, TLS12, TLS13; did you mean TLS13?',
          'etc/web.yml:6:7: basic_auth_users.me: found a text that is no bcrypt hash (not shown), expected 60 characters, such as $2y$10$ and 53 more; make one by promregator hash-password',
          'etc/web.yml:7:1: headers: found an unknown name, expected one of tls_server_config, http_server_config, basic_auth_users, rate_limit',
        ],
      }),
    ],
    [
      'TLS in both places',
      web(tls('min_version: TLS12'), {
        files: beside('server.ssl: {certificate: s.crt, certificate-private-key: s.key}'),
        problems: [
          'promregator.yml:1:13: server.ssl: found TLS beside tls_server_config of the web config file, expected one or the other; remove one of them',
        ],
      }),
    ],
    [
      'users beside the auth options',
      web(`basic_auth_users: {me: "${HASH}"}`, {
        files: beside(
          'promregator:\n  discovery.auth: BASIC\n  endpoint.auth: NONE\n  metrics.auth: BEARER\n  cache.invalidate.auth: BASIC',
        ),
        problems: [
          'promregator.yml:2:19: promregator.discovery.auth: found "BASIC" beside basic_auth_users of the web config file, expected one or the other, since those users guard everything but health; remove one of them',
          'promregator.yml:3:18: promregator.endpoint.auth: found "NONE" beside basic_auth_users of the web config file, expected one or the other, since those users guard everything but health; remove one of them',
          'promregator.yml:4:17: promregator.metrics.auth: found "BEARER" beside basic_auth_users of the web config file, expected one or the other, since those users guard everything but health; remove one of them',
          'promregator.yml:5:26: promregator.cache.invalidate.auth: found "BASIC" beside basic_auth_users of the web config file, expected one or the other, since those users guard everything but health; remove one of them',
        ],
      }),
    ],
    [
      'users beside users',
      web(`basic_auth_users: {me: "${HASH}"}`, {
        files: beside('promregator.authentication.users: [{username: u, password: hunter2}]'),
        warnings: [
          'promregator.yml:1:1: promregator.authentication: found users beside basic_auth_users of the web config file, expected one or the other; those of the file are admitted',
        ],
      }),
    ],
  ])('%s', (_, row) => checkRow(row));
});
