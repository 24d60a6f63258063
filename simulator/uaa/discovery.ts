import type { SigningKey } from './jwt.js';

/** The OpenID discovery document; its addresses are on the host that was asked. */
export function discoveryDocument(base: string, issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${base}/oauth/authorize`,
    token_endpoint: `${base}/oauth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256', 'HS256'],
    userinfo_endpoint: `${base}/userinfo`,
    jwks_uri: `${base}/token_keys`,
    end_session_endpoint: `${base}/logout.do`,
    scopes_supported: ['openid', 'profile', 'email', 'phone', 'roles', 'user_attributes'],
    response_types_supported: ['code', 'code id_token', 'id_token', 'token id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256'],
    id_token_encryption_alg_values_supported: ['none'],
    claim_types_supported: ['normal'],
    claims_supported: [
      'sub',
      'user_name',
      'origin',
      'iss',
      'auth_time',
      'amr',
      'acr',
      'client_id',
      'aud',
      'zid',
      'email',
    ],
    claims_parameter_supported: false,
    service_documentation: 'http://docs.cloudfoundry.org/api/uaa/',
    ui_locales_supported: ['en-US'],
    code_challenge_methods_supported: ['S256', 'plain'],
  };
}

export function tokenKeys(key: SigningKey): object {
  const { n, e } = key.publicKey.export({ format: 'jwk' });
  const value = key.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  return { keys: [{ kid: key.id, alg: 'RS256', value, kty: 'RSA', use: 'sig', n, e }] };
}

/** What `/info` and `/login` tell machines. */
export function loginInfo(base: string, version: string): object {
  return {
    app: { version },
    links: { uaa: base, passwd: '/forgot_password', login: base, register: '/create_account' },
    zone_name: 'uaa',
    entityID: new URL(base).hostname,
    commit_id: 'simulated',
    idpDefinitions: {},
    prompts: {
      username: ['text', 'Email'],
      password: ['password', 'Password'],
      passcode: ['password', `Temporary Authentication Code ( Get one at ${base}/passcode )`],
    },
    timestamp: '2026-01-01T00:00:00+0000',
  };
}
