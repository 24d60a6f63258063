import type { Clock } from '../../src/base/clock.js';
import type { Settings } from '../options.js';
import { type Client, checkPassword, type User } from './accounts.js';
import type { Grantee } from './claims.js';
import type { Tokens } from './tokens.js';
import { UaaError } from './uaa-error.js';

export interface GrantParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly users: readonly User[];
  /** One-time codes and the users they stand for; used up by a login. */
  readonly passcodes: Map<string, User>;
}

export type TokenResponse = Readonly<Record<string, string | number>>;

const GRANTS = ['password', 'refresh_token', 'client_credentials'];

/** The body of a 200 for one grant; throws UAA's refusals. */
export function grantToken(parts: GrantParts, client: Client, params: ReadonlyMap<string, string>): TokenResponse {
  const grantType = params.get('grant_type') ?? '';
  if (grantType === '')
    throw new UaaError({ status: 400, error: 'invalid_request', description: 'Missing grant type' });
  if (!GRANTS.includes(grantType)) {
    throw new UaaError({ status: 400, error: 'unsupported_grant_type', description: 'Unsupported grant type' });
  }
  if (!client.grants.includes(grantType)) throw grantRefused(parts, grantType);
  if (grantType === 'client_credentials') return clientToken(parts, client, params);
  if (grantType === 'refresh_token') return refreshedToken(parts, client, params);
  return userToken(parts, client, params);
}

function clientToken(parts: GrantParts, client: Client, params: ReadonlyMap<string, string>): TokenResponse {
  const scopes = narrowed(client.authorities, params.get('scope'));
  const grantee: Grantee = { client, user: undefined, scopes, grantType: 'client_credentials' };
  const { token, jti, expiresInSeconds } = parts.tokens.access(grantee);
  return { access_token: token, token_type: 'bearer', expires_in: expiresInSeconds, scope: scopes.join(' '), jti };
}

function userToken(parts: GrantParts, client: Client, params: ReadonlyMap<string, string>): TokenResponse {
  const user = logIn(parts, params);
  const grantee: Grantee = { client, user, scopes: narrowed(user.scopes, params.get('scope')), grantType: 'password' };
  const refreshToken = client.grants.includes('refresh_token') ? parts.tokens.refresh.issue(grantee, user) : undefined;
  const access = userResponse(parts, { grantee, user, refreshToken });
  // An opaque access token is one that Cloud Controller cannot read.
  return params.get('token_format') === 'opaque' ? { ...access, access_token: String(access['jti']) } : access;
}

/** Works while the user is locked, too. */
function refreshedToken(parts: GrantParts, client: Client, params: ReadonlyMap<string, string>): TokenResponse {
  const refreshToken = params.get('refresh_token') ?? '';
  if (refreshToken === '') {
    const description = 'refresh_token parameter not provided';
    throw parts.settings.token.uaaVersion === 'old'
      ? new UaaError({ status: 401, error: 'invalid_token', description, challenge: 'bearer' })
      : new UaaError({ status: 400, error: 'invalid_request', description });
  }
  return userResponse(parts, parts.tokens.refresh.redeem(refreshToken, client));
}

interface UserGrant {
  readonly grantee: Grantee;
  readonly user: User;
  readonly refreshToken: string | undefined;
}

/** Keys in UAA's order. */
function userResponse(parts: GrantParts, { grantee, user, refreshToken }: UserGrant): TokenResponse {
  const { token, jti, expiresInSeconds } = parts.tokens.access(grantee);
  return {
    access_token: token,
    token_type: 'bearer',
    ...(grantee.scopes.includes('openid') ? { id_token: parts.tokens.identity(grantee, user) } : {}),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    expires_in: expiresInSeconds,
    scope: grantee.scopes.join(' '),
    jti,
  };
}

function logIn(parts: GrantParts, params: ReadonlyMap<string, string>): User {
  const passcode = params.get('passcode');
  if (passcode !== undefined) return byPasscode(parts, passcode);
  refuseForeignOrigin(params.get('login_hint'));
  const user = parts.users.find((each) => each.username === params.get('username'));
  // Unknown users never lock.
  if (user === undefined) throw badCredentials(parts);
  const result = checkPassword(user, params.get('password') ?? '', parts.clock.now());
  if (result === 'locked') {
    throw unauthorized('Your account has been locked because of too many failed attempts to login.');
  }
  if (result === 'wrong') throw badCredentials(parts);
  if (user.passwordChangeRequired) throw unauthorized('password change required');
  if (!user.verified) throw new UaaError({ status: 403, error: 'access_denied', description: 'Account not verified' });
  return user;
}

function byPasscode(parts: GrantParts, passcode: string): User {
  const user = parts.passcodes.get(passcode);
  if (user === undefined) throw unauthorized('Invalid passcode');
  parts.passcodes.delete(passcode);
  return user;
}

/** A hint that is not JSON is ignored. */
function refuseForeignOrigin(hint: string | undefined): void {
  if (hint === undefined) return;
  const origin = /^\s*\{\s*"origin"\s*:\s*"([^"]*)"\s*\}\s*$/.exec(hint)?.[1];
  if (origin === undefined || origin === 'uaa') return;
  throw unauthorized(
    'The origin provided in the login_hint does not match an active Identity Provider, that supports password grant.',
  );
}

function narrowed(allowed: readonly string[], wanted: string | undefined): readonly string[] {
  if (wanted === undefined || wanted === '') return allowed;
  const scopes = wanted.split(/\s+/);
  const foreign = scopes.filter((scope) => !allowed.includes(scope));
  if (foreign.length === 0) return scopes;
  throw new UaaError({
    status: 400,
    error: 'invalid_scope',
    description: `[${foreign.join(', ')}] is invalid. Please use a valid scope name in the request`,
    extra: { scope: allowed.join(' ') },
  });
}

function grantRefused({ settings }: GrantParts, grantType: string): UaaError {
  const description =
    settings.token.uaaVersion === 'old' ? `Unauthorized grant type: ${grantType}` : 'Unauthorized grant type';
  return new UaaError({ status: 401, error: 'invalid_client', description, challenge: 'bearer' });
}

function badCredentials({ settings }: GrantParts): UaaError {
  const error = settings.token.uaaVersion === 'old' ? 'unauthorized' : 'invalid_client';
  return new UaaError({ status: 401, error, description: 'Bad credentials', challenge: 'basic' });
}

function unauthorized(description: string): UaaError {
  return new UaaError({ status: 401, error: 'unauthorized', description, challenge: 'basic' });
}
