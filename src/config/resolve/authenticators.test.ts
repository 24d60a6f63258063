import { beforeAll, describe, expect, test } from 'vitest';
import { MANDATORY_ENV, type Written } from '../../../test/support/config/load-written.js';
import { configOf, problemsOf, reveal, warningsOf } from '../../../test/support/config/outcome.js';
import { type KeyPair, makeAuthority } from '../../../test/support/outbound/certificates.js';

const authenticator = (text: string): Written => ({ yaml: `promregator.authenticator: ${text}` });

const PLAIN = {
  certificateAuthorities: [],
  identity: undefined,
  serverName: undefined,
  verify: 'always',
  minVersion: undefined,
};
const OAUTH2 = {
  type: 'oauth2',
  tokenUrl: 'https://uaa.example.org/oauth/token',
  clientId: 'c',
  clientSecret: 's',
  identity: undefined,
  scopes: [],
  tls: PLAIN,
};

describe('authenticators', () => {
  test.each<[string, Written, unknown]>([
    ['none unless set', {}, { type: 'none' }],
    ['null in quotes', authenticator('{type: "null"}'), { type: 'none' }],
    ['a token', authenticator('{type: bearer, bearer: {token: t}}'), { type: 'bearer', token: 't' }],
    [
      'a token in a file',
      { ...authenticator('{type: bearer, bearer: {tokenFile: t.txt}}'), files: { '/work/t.txt': 't\n' } },
      { type: 'bearer', token: 't' },
    ],
    [
      'OAuth2 by secret, the type in any case',
      authenticator(
        '{type: OAUTH2xsuaaBasic, oauth2xsuaaBasic: {tokenServiceURL: "https://uaa.example.org/oauth/token", client_id: c, client_secret: s, scopes: "a, b"}}',
      ),
      { ...OAUTH2, scopes: ['a', 'b'] },
    ],
    [
      'OAuth2 as 0.x calls it',
      authenticator(
        '{type: OAuth2XSUAA, oauth2xsuaa: {tokenServiceURL: "https://uaa.example.org", client_id: c, client_secret: s, scopes: [a]}}',
      ),
      { ...OAUTH2, scopes: ['a'] },
    ],
    [
      'a token service as it stands',
      authenticator(
        '{type: OAuth2XSUAABasic, oauth2xsuaaBasic: {tokenServiceURL: "https://uaa.example.org/t?x=1", client_id: c, client_secret: s}}',
      ),
      { ...OAUTH2, tokenUrl: 'https://uaa.example.org/t?x=1' },
    ],
    [
      'the mixture of names that the original does not read',
      {
        env: {
          ...MANDATORY_ENV,
          PROMREGATOR_AUTHENTICATOR_TYPE: 'OAuth2XSUAABasic',
          PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAABASIC_TOKEN_SERVICE_URL: 'https://uaa.example.org',
          PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAABASIC_CLIENT_ID: 'c',
          PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAABASIC_CLIENT_SECRET: 's',
        },
      },
      OAUTH2,
    ],
    [
      'humps all apart',
      {
        env: {
          ...MANDATORY_ENV,
          PROMREGATOR_AUTHENTICATOR_TYPE: 'oauth2xsuaabasic',
          PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAA_BASIC_TOKENSERVICEURL: 'https://uaa.example.org',
          PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAA_BASIC_CLIENT_ID: 'c',
          PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAA_BASIC_CLIENTSECRET: 's',
        },
      },
      OAUTH2,
    ],
    [
      'leniency towards applications is none towards the token service',
      {
        yaml: `promregator.scraping.tls_config: {insecure_skip_verify: true, server_name: x, min_version: TLS13}
promregator.authenticator: {type: OAuth2XSUAA, oauth2xsuaa: {tokenServiceURL: "https://uaa.example.org", client_id: c, client_secret: s}}`,
      },
      { ...OAUTH2, tls: { ...PLAIN, minVersion: 'TLSv1.3' } },
    ],
  ])('%s', async (_, written, expected) => {
    expect(reveal((await configOf(written)).authenticators.byDefault)).toEqual(expected);
  });

  test('null of targetAuthenticators means none in quotes, and the global ones without', async () => {
    const config = await configOf({
      yaml: `promregator:
  authenticator: {type: basic, basic: {username: u, password: p}}
  targetAuthenticators: [{id: a, type: null}, {id: b, type: "null"}, {id: c, type: none}]`,
    });
    const types = [...config.authenticators.byId].map(([id, { type }]) => [id, type]);
    expect(types).toEqual([
      ['a', 'basic'],
      ['b', 'none'],
      ['c', 'none'],
    ]);
  });

  test.each<[string, Written, readonly string[]]>([
    [
      'an unknown type',
      authenticator('{type: kerberos}'),
      [
        'promregator.yml:1:35: promregator.authenticator.type: found "kerberos", expected one of none, basic, bearer, OAuth2XSUAABasic, OAuth2XSUAACertificate, OAuth2XSUAA',
      ],
    ],
    [
      'nothing of what OAuth2 needs',
      authenticator('{type: OAuth2XSUAABasic}'),
      ['tokenServiceURL', 'client_id', 'client_secret'].map((name) =>
        expect.stringContaining(
          `promregator.authenticator.oauth2xsuaaBasic.${name}: found nothing, expected the ${name} of an authenticator of type OAuth2XSUAABasic`,
        ),
      ),
    ],
    [
      'the same by certificate, in a list',
      { yaml: 'promregator.targetAuthenticators: [{id: a, type: OAuth2XSUAACertificate}]' },
      ['tokenServiceCertURL', 'client_id', 'client_certificates', 'client_key'].map((name) =>
        expect.stringContaining(`promregator.targetAuthenticators[0].oauth2xsuaaCertificate.${name}: found nothing`),
      ),
    ],
    [
      'a token service that is no URL, which may hold a password',
      authenticator(
        '{type: OAuth2XSUAABasic, oauth2xsuaaBasic: {tokenServiceURL: "https://u:hunter2@a", client_id: c, client_secret: s}}',
      ),
      [
        'promregator.yml:1:89: promregator.authenticator.oauth2xsuaaBasic.tokenServiceURL: found a value that is no such URL (not shown), expected a URL such as https://uaa.example.org/oauth/token, without user',
      ],
    ],
    [
      'a token that no header can carry',
      authenticator('{type: bearer, bearer: {token: "hunter 2"}}'),
      [
        'promregator.yml:1:59: promregator.authenticator.bearer.token: found a value (not shown), expected a token of printable ASCII characters without spaces',
      ],
    ],
    [
      'a certificate that is none',
      authenticator(
        '{type: OAuth2XSUAACertificate, oauth2xsuaaCertificate: {tokenServiceCertURL: "https://a", client_id: c, client_certificates: x, client_key: hunter2}}',
      ),
      [
        expect.stringContaining('oauth2xsuaaCertificate.client_certificates: found a text without a PEM certificate'),
        expect.stringContaining('oauth2xsuaaCertificate.client_key: found a text without a PEM key'),
      ],
    ],
    [
      'a user name that HTTP cannot carry',
      authenticator('{type: basic, basic: {username: "a:b", password: hunter2}}'),
      [
        expect.stringContaining(
          'basic.username: found a name with a colon or a control character, expected one that HTTP can carry',
        ),
      ],
    ],
  ])('%s', async (_, written, expected) => {
    expect(await problemsOf(written)).toEqual(expected);
  });

  test.each<[string, string, string]>([
    [
      'credentials in clear',
      '{type: OAuth2XSUAABasic, oauth2xsuaaBasic: {tokenServiceURL: "http://a/t", client_id: c, client_secret: s}}',
      'oauth2xsuaaBasic.tokenServiceURL: found http, by which credentials travel in clear, expected https; it is used so',
    ],
    [
      'credentials without a type',
      '{oauth2xsuaaBasic: {client_id: c}}',
      'oauth2xsuaaBasic: found credentials without a type, which are not used, expected a type beside them; write type: OAuth2XSUAABasic',
    ],
  ])('a warning of %s', async (_, text, expected) => {
    expect(await warningsOf(authenticator(text))).toContainEqual(expect.stringContaining(expected));
  });
});

describe('OAuth2 by certificate', () => {
  let pair: KeyPair;
  beforeAll(() => {
    pair = makeAuthority().issue({ names: ['DNS:client.example.org'] });
  });

  test('shows the certificate to the token service alone', async () => {
    const { authenticators, scraping } = await configOf({
      env: {
        ...MANDATORY_ENV,
        PROMREGATOR_AUTHENTICATOR_TYPE: 'OAuth2XSUAACertificate',
        PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAACERTIFICATE_TOKENSERVICECERTURL: 'https://cert.example.org/oauth/token',
        PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAACERTIFICATE_CLIENT_ID: 'c',
        PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAACERTIFICATE_CLIENT_CERTIFICATES: pair.cert.replaceAll('\n', '\\n'),
        PROMREGATOR_AUTHENTICATOR_OAUTH2XSUAACERTIFICATE_CLIENT_KEY: pair.key,
      },
    });
    const identity = { certificate: pair.cert, key: expect.stringContaining('-----BEGIN PRIVATE KEY-----') };
    expect(reveal(authenticators.byDefault)).toEqual({
      ...OAUTH2,
      tokenUrl: 'https://cert.example.org/oauth/token',
      clientSecret: undefined,
      identity,
      tls: { ...PLAIN, identity },
    });
    expect(scraping.tls.identity).toBeUndefined();
  });

  test('needs the key that fits', async () => {
    const other = makeAuthority().issue({ names: ['DNS:other.example.org'] });
    const problems = await problemsOf({
      yaml: `promregator.authenticator:
  type: OAuth2XSUAACertificate
  oauth2xsuaaCertificate:
    tokenServiceCertURL: https://a
    client_id: c
    client_certificates: ${JSON.stringify(pair.cert)}
    client_key: ${JSON.stringify(other.key)}`,
    });
    expect(problems).toEqual([
      'promregator.yml:7:17: promregator.authenticator.oauth2xsuaaCertificate.client_key: found a key that does not fit the certificate of promregator.authenticator.oauth2xsuaaCertificate.client_certificates, expected the key that the certificate was made for',
    ]);
  });
});
