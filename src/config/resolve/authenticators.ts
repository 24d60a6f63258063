import type { Authenticator, Config, OAuth2Authenticator, TlsConfig } from '../config.js';
import type { Path } from '../path.js';
import { quote } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import { readIdentity } from '../tls-material/identity.js';
import type { MaterialContext } from '../tls-material/material.js';
import { resolveTokenUrl } from './token-url.js';
import { checkUserName } from './user-name.js';

type RawPromregator = RawConfig['promregator'];
type RawAuthenticator = RawPromregator['authenticator'];

export interface AuthenticatorContext extends MaterialContext {
  /** Towards applications; what token services have of it are authorities and the oldest version. */
  readonly tls: TlsConfig;
}

interface One {
  readonly path: Path;
  readonly context: AuthenticatorContext;
}

const NONE: Authenticator = { type: 'none' };

/** Credentials towards applications: those of all rules that name none, and those that rules name. */
export async function resolveAuthenticators(
  raw: RawPromregator,
  context: AuthenticatorContext,
): Promise<Config['authenticators']> {
  const { reporter } = context;
  const byDefault = await resolveOne(raw.authenticator, NONE, { path: ['promregator', 'authenticator'], context });
  const byId = new Map<string, Authenticator>();
  for (const [index, each] of raw.targetAuthenticators.entries()) {
    const path = ['promregator', 'targetAuthenticators', index];
    const authenticator = await resolveOne(each, byDefault, { path, context });
    if (each.id === undefined) {
      const remedy = 'rules name it by their authenticatorId';
      reporter.missing([...path, 'id'], { expected: 'a name of its own', remedy });
    } else if (byId.has(each.id)) {
      const expected = 'an id that no earlier one has';
      reporter.error([...path, 'id'], { found: quote(each.id), expected, remedy: 'give it another id' });
    } else byId.set(each.id, authenticator);
  }
  return { byDefault, byId };
}

/** Without a type, one that rules name means the global one (facts, promregator 4). */
async function resolveOne(raw: RawAuthenticator, without: Authenticator, one: One): Promise<Authenticator> {
  switch (raw.type) {
    case undefined:
      reportIdleCredentials(raw, one);
      return without;
    case 'none':
    case 'null':
      return NONE;
    case 'basic':
      return resolveBasic(raw, one);
    case 'bearer':
      return resolveBearer(raw, one);
    case 'OAuth2XSUAABasic':
      return resolveBySecret(raw, 'oauth2xsuaaBasic', one);
    case 'OAuth2XSUAA':
      return resolveBySecret(raw, 'oauth2xsuaa', one);
    case 'OAuth2XSUAACertificate':
      return await resolveByCertificate(raw, one);
  }
}

const GROUPS = {
  basic: 'basic',
  bearer: 'bearer',
  oauth2xsuaaBasic: 'OAuth2XSUAABasic',
  oauth2xsuaaCertificate: 'OAuth2XSUAACertificate',
  oauth2xsuaa: 'OAuth2XSUAA',
} as const;

function reportIdleCredentials(raw: RawAuthenticator, { path, context }: One): void {
  for (const [group, type] of Object.entries(GROUPS)) {
    const values: readonly unknown[] = Object.values(raw[group as keyof typeof GROUPS]);
    if (values.every((value) => value === undefined || Array.isArray(value))) continue;
    context.reporter.warning([...path, group], {
      found: 'credentials without a type, which are not used',
      expected: 'a type beside them',
      remedy: `write type: ${type}`,
    });
  }
}

function resolveBasic(raw: RawAuthenticator, one: One): Authenticator {
  const { username, password } = raw.basic;
  if (username !== undefined && password !== undefined) {
    checkUserName(username, [...one.path, 'basic', 'username'], one.context.reporter);
    return { type: 'basic', username, password };
  }
  reportMissing(raw.basic, ['username', 'password'], { ...one, group: 'basic' });
  return NONE;
}

function resolveBearer(raw: RawAuthenticator, one: One): Authenticator {
  const { token } = raw.bearer;
  if (token === undefined) {
    reportMissing(raw.bearer, ['token'], { ...one, group: 'bearer' });
    return NONE;
  }
  // It goes into a header as it stands, where a line break is no part of a value.
  if (!/^[\x21-\x7e]+$/.test(token.reveal())) {
    const expected = 'a token of printable ASCII characters without spaces';
    one.context.reporter.error([...one.path, 'bearer', 'token'], { found: 'a value (not shown)', expected });
  }
  return { type: 'bearer', token };
}

function resolveBySecret(raw: RawAuthenticator, group: 'oauth2xsuaaBasic' | 'oauth2xsuaa', one: One): Authenticator {
  const { tokenServiceURL, client_id: clientId, client_secret: clientSecret, scopes } = raw[group];
  if (tokenServiceURL === undefined || clientId === undefined || clientSecret === undefined) {
    reportMissing(raw[group], ['tokenServiceURL', 'client_id', 'client_secret'], { ...one, group });
    return NONE;
  }
  const { reporter, tls } = one.context;
  const tokenUrl = resolveTokenUrl(tokenServiceURL, [...one.path, group, 'tokenServiceURL'], reporter);
  return { ...oauth2(tls, undefined), tokenUrl, clientId, clientSecret, scopes };
}

async function resolveByCertificate(raw: RawAuthenticator, one: One): Promise<Authenticator> {
  const group = 'oauth2xsuaaCertificate';
  const { tokenServiceCertURL, client_id: clientId, client_certificates, client_key, scopes } = raw[group];
  const at = [...one.path, group];
  if (
    tokenServiceCertURL === undefined ||
    clientId === undefined ||
    client_certificates === undefined ||
    client_key === undefined
  ) {
    const names = ['tokenServiceCertURL', 'client_id', 'client_certificates', 'client_key'];
    reportMissing(raw[group], names, { ...one, group });
    return NONE;
  }
  const tokenUrl = resolveTokenUrl(tokenServiceCertURL, [...at, 'tokenServiceCertURL'], one.context.reporter);
  const identity = await readIdentity(
    {
      certificate: { path: [...at, 'client_certificates'], text: client_certificates },
      key: { path: [...at, 'client_key'], text: client_key.reveal() },
      password: undefined,
      handshake: { minVersion: one.context.tls.minVersion },
    },
    one.context,
  );
  return { ...oauth2(one.context.tls, identity), tokenUrl, clientId, clientSecret: undefined, scopes };
}

/** A name or a leniency that is meant for applications says nothing of the token service. */
function oauth2(
  tls: TlsConfig,
  identity: OAuth2Authenticator['identity'],
): Pick<OAuth2Authenticator, 'type' | 'identity' | 'tls'> {
  return { type: 'oauth2', identity, tls: { ...tls, identity, serverName: undefined, verify: 'always' } };
}

function reportMissing(
  values: Readonly<Record<string, unknown>>,
  names: readonly string[],
  { path, context, group }: One & { readonly group: keyof typeof GROUPS },
): void {
  for (const name of names) {
    if (values[name] !== undefined) continue;
    const expected = `the ${name} of an authenticator of type ${GROUPS[group]}`;
    context.reporter.missing([...path, group, name], { expected });
  }
}
