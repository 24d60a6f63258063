import type { Clock } from '../../src/base/clock.js';
import type { Milliseconds } from '../../src/base/duration.js';
import type { RefreshKind, Settings } from '../options.js';
import type { Random } from '../random.js';
import type { Client, User } from './accounts.js';
import { type Claims, readJwt, type SigningKey, signJwt } from './jwt.js';
import { UaaError } from './uaa-error.js';

/** Whom a token is for. */
export interface Grantee {
  readonly client: Client;
  /** Absent for client_credentials. */
  readonly user: User | undefined;
  readonly scopes: readonly string[];
  readonly grantType: string;
}

export interface Tokens {
  /** Of access tokens and refresh tokens alike. */
  readonly issuer: string;
  access(grantee: Grantee): AccessToken;
  /** An id token for the same user, with the client as its audience. */
  identity(grantee: Grantee, user: User): string;
  refresh(grantee: Grantee, user: User): string;
  /** Who a refresh token was given to, and the token to hand out next. Throws UAA's refusals. */
  redeem(refreshToken: string, client: Client, users: readonly User[]): Redeemed;
  /** Claims of an access token that is signed, current and not expired by command; undefined for any other text. */
  check(accessToken: string): Claims | undefined;
  /** From now on all access tokens that were handed out count as expired. */
  expireAccess(): void;
  /** From now on all refresh tokens that were handed out are unknown. */
  revokeRefresh(): void;
}

export interface AccessToken {
  readonly token: string;
  readonly jti: string;
  readonly expiresInSeconds: number;
}

export interface Redeemed {
  readonly grantee: Grantee;
  readonly user: User;
  readonly refreshToken: string;
}

interface Grant {
  readonly grantee: Grantee;
  readonly user: User;
  readonly revocationSignature: string;
  readonly expiresMs: Milliseconds;
}

export interface TokenParts {
  readonly settings: Settings;
  readonly key: SigningKey;
  readonly random: Random;
}

export function createTokens({ settings, key, random }: TokenParts): Tokens {
  const { clock } = settings;
  const kind: RefreshKind = settings.token.refreshKind ?? 'jwt-reusable';
  const issuer = `${settings.scheme}://uaa.${settings.systemDomain}/oauth/token`;
  const keysUrl = `${settings.scheme}://uaa.${settings.systemDomain}/token_keys`;
  const expired = new Set<string>();
  const live = new Map<string, number>();
  const grants = new Map<string, Grant>();

  function refresh(grantee: Grantee, user: User): string {
    const id = `${random.hex(32)}-r`;
    const expiresMs = clock.now() + grantee.client.refreshSeconds * 1000;
    grants.set(id, { grantee, user, revocationSignature: user.revocationSignature, expiresMs });
    if (kind.startsWith('opaque')) return id;
    const claims = claimsOf({ grantee, issuer, jti: id, clock, validitySeconds: grantee.client.refreshSeconds });
    return signJwt({ ...claims, granted_scopes: grantee.scopes }, key, keysUrl);
  }

  function idOf(refreshToken: string): string {
    if (!refreshToken.includes('.')) return refreshToken;
    const claims = readJwt(refreshToken, key);
    if (claims === undefined) throw invalidToken('kid claim not found in JWT token header');
    if (!claims.jti.endsWith('-r')) throw invalidToken('Invalid refresh token.');
    if (claims.exp * 1000 <= clock.now()) {
      throw invalidToken(`Invalid refresh token expired at ${new Date(claims.exp * 1000).toString()}`);
    }
    return claims.jti;
  }

  return {
    issuer,
    access(grantee) {
      const jti = random.hex(32);
      const validitySeconds = grantee.client.accessSeconds;
      const claims = claimsOf({ grantee, issuer, jti, clock, validitySeconds });
      live.set(jti, claims.exp);
      return { token: signJwt(claims, key, keysUrl), jti, expiresInSeconds: Math.max(0, validitySeconds - 1) };
    },
    identity(grantee, user) {
      const validitySeconds = grantee.client.accessSeconds;
      const claims = claimsOf({ grantee, issuer, jti: random.hex(32), clock, validitySeconds });
      return signJwt(
        { ...claims, aud: [grantee.client.id], scope: ['openid'], email_verified: user.verified },
        key,
        keysUrl,
      );
    },
    refresh,
    redeem(refreshToken, client, users) {
      const id = idOf(refreshToken);
      const grant = grants.get(id);
      if (grant === undefined || grant.expiresMs <= clock.now()) throw invalidToken(UNKNOWN);
      const user = users.find((each) => each === grant.user);
      if (user === undefined) throw invalidToken(UNKNOWN);
      if (user.revocationSignature !== grant.revocationSignature) throw invalidToken('revocable signature mismatch');
      const owner = grant.grantee.client;
      if (owner !== client) {
        throw new UaaError({
          status: 400,
          error: 'invalid_grant',
          description: `Wrong client for this refresh token: ${client.id}`,
        });
      }
      const reusable = kind.endsWith('reusable');
      // A rotated opaque token dies, a rotated JWT lives on (facts 2.2).
      if (kind === 'opaque-rotating') grants.delete(id);
      const grantee = { ...grant.grantee, grantType: 'refresh_token' };
      return { grantee, user, refreshToken: reusable ? refreshToken : refresh(grant.grantee, user) };
    },
    check(accessToken) {
      const claims = readJwt(accessToken, key);
      if (claims === undefined || claims.iss !== issuer || claims.exp * 1000 <= clock.now()) return undefined;
      return expired.has(claims.jti) ? undefined : claims;
    },
    expireAccess() {
      for (const [jti, exp] of live) {
        if (exp * 1000 > clock.now()) expired.add(jti);
      }
      live.clear();
    },
    revokeRefresh: () => grants.clear(),
  };
}

const UNKNOWN = 'The token expired, was revoked, or the token ID is incorrect.';

function invalidToken(description: string): UaaError {
  return new UaaError({ status: 401, error: 'invalid_token', description, challenge: 'bearer' });
}

interface ClaimParts {
  readonly grantee: Grantee;
  readonly issuer: string;
  readonly jti: string;
  readonly clock: Clock;
  readonly validitySeconds: number;
}

function claimsOf({ grantee, issuer, jti, clock, validitySeconds }: ClaimParts): Claims {
  const { client, user, scopes, grantType } = grantee;
  const iat = Math.floor(clock.now() / 1000);
  const common = {
    jti,
    sub: user?.guid ?? client.id,
    ...(user === undefined ? { authorities: scopes } : {}),
    scope: scopes,
    client_id: client.id,
    cid: client.id,
    azp: client.id,
    grant_type: grantType,
  };
  const personal =
    user === undefined
      ? {}
      : { user_id: user.guid, origin: 'uaa', user_name: user.username, email: user.username, auth_time: iat };
  return {
    ...common,
    ...personal,
    rev_sig: user?.revocationSignature ?? '00000000',
    iat,
    exp: iat + validitySeconds,
    iss: issuer,
    zid: 'uaa',
    aud: audienceOf(scopes, client.id),
  };
}

/** Scopes without their last word, and the client: so `cloud_controller` is in it only with some scope of that. */
function audienceOf(scopes: readonly string[], clientId: string): readonly string[] {
  const resources = scopes
    .filter((scope) => scope.includes('.'))
    .map((scope) => scope.slice(0, scope.lastIndexOf('.')));
  const single = scopes.filter((scope) => !scope.includes('.'));
  return [...new Set([...resources, ...single, clientId])];
}
