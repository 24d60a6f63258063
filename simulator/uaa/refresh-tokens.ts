import type { Milliseconds } from '../../src/base/duration.js';
import type { RefreshKind, Settings } from '../options.js';
import type { Random } from '../random.js';
import type { Client, User } from './accounts.js';
import { claimsOf, type Grantee } from './claims.js';
import { readJwt, type SigningKey, signJwt } from './jwt.js';
import { UaaError } from './uaa-error.js';

export interface RefreshTokens {
  issue(grantee: Grantee, user: User): string;
  /** Who a token was given to, and the token to hand out next. Throws UAA's refusals. */
  redeem(refreshToken: string, client: Client): Redeemed;
  /** From now on all that were handed out are unknown. */
  revoke(): void;
}

export interface Redeemed {
  readonly grantee: Grantee;
  readonly user: User;
  readonly refreshToken: string;
}

export interface RefreshTokenParts {
  readonly settings: Settings;
  readonly key: SigningKey;
  readonly random: Random;
  readonly issuer: string;
  readonly keysUrl: string;
}

interface Grant {
  readonly grantee: Grantee;
  readonly user: User;
  readonly revocationSignature: string;
  readonly expiresMs: Milliseconds;
}

/** Re-usable or rotating, opaque or JWT (facts 2.2). */
export function createRefreshTokens(parts: RefreshTokenParts): RefreshTokens {
  const { clock, token } = parts.settings;
  const kind: RefreshKind = token.refreshKind ?? 'jwt-reusable';
  const grants = new Map<string, Grant>();

  function issue(grantee: Grantee, user: User): string {
    const id = `${parts.random.hex(32)}-r`;
    const validitySeconds = grantee.client.refreshSeconds;
    const expiresMs = clock.now() + validitySeconds * 1000;
    grants.set(id, { grantee, user, revocationSignature: user.revocationSignature, expiresMs });
    if (kind.startsWith('opaque')) return id;
    const claims = claimsOf({ grantee, issuer: parts.issuer, jti: id, clock, validitySeconds });
    return signJwt({ ...claims, granted_scopes: grantee.scopes }, parts.key, parts.keysUrl);
  }

  function redeem(refreshToken: string, client: Client): Redeemed {
    const nowMs = clock.now();
    const id = refreshToken.includes('.') ? idInside(refreshToken, parts.key, nowMs) : refreshToken;
    const grant = grants.get(id);
    if (grant === undefined || grant.expiresMs <= nowMs) throw invalidToken(UNKNOWN);
    const { grantee, user } = grant;
    if (user.revocationSignature !== grant.revocationSignature) throw invalidToken('revocable signature mismatch');
    if (grantee.client !== client) {
      const description = `Wrong client for this refresh token: ${client.id}`;
      throw new UaaError({ status: 400, error: 'invalid_grant', description });
    }
    // A rotated opaque token dies, a rotated JWT lives on.
    if (kind === 'opaque-rotating') grants.delete(id);
    const next = kind.endsWith('reusable') ? refreshToken : issue(grantee, user);
    return { grantee: { ...grantee, grantType: 'refresh_token' }, user, refreshToken: next };
  }

  return { issue, redeem, revoke: () => grants.clear() };
}

const UNKNOWN = 'The token expired, was revoked, or the token ID is incorrect.';

function idInside(refreshToken: string, key: SigningKey, nowMs: Milliseconds): string {
  const claims = readJwt(refreshToken, key);
  if (claims === undefined) throw invalidToken('kid claim not found in JWT token header');
  if (!claims.jti.endsWith('-r')) throw invalidToken('Invalid refresh token.');
  if (claims.exp * 1000 > nowMs) return claims.jti;
  throw invalidToken(`Invalid refresh token expired at ${new Date(claims.exp * 1000).toString()}`);
}

function invalidToken(description: string): UaaError {
  return new UaaError({ status: 401, error: 'invalid_token', description, challenge: 'bearer' });
}
