import type { Settings } from '../options.js';
import type { Random } from '../random.js';
import type { User } from './accounts.js';
import { claimsOf, type Grantee } from './claims.js';
import { type Claims, readJwt, type SigningKey, signJwt } from './jwt.js';
import { createRefreshTokens, type RefreshTokens } from './refresh-tokens.js';

export interface Tokens {
  /** Of access tokens and refresh tokens alike. */
  readonly issuer: string;
  readonly refresh: RefreshTokens;
  access(grantee: Grantee): AccessToken;
  /** An id token for the same user, with the client as its audience. */
  identity(grantee: Grantee, user: User): string;
  /** Claims of a token that is signed, current and not expired by command; undefined for any other text. */
  check(token: string): Claims | undefined;
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

export interface TokenParts {
  readonly settings: Settings;
  readonly key: SigningKey;
  readonly random: Random;
}

export function createTokens({ settings, key, random }: TokenParts): Tokens {
  const { clock } = settings;
  const uaa = `${settings.scheme}://uaa.${settings.systemDomain}`;
  const issuer = `${uaa}/oauth/token`;
  const keysUrl = `${uaa}/token_keys`;
  const refresh = createRefreshTokens({ settings, key, random, issuer, keysUrl });
  const expired = new Set<string>();
  const live = new Map<string, number>();

  function newClaims(grantee: Grantee): Claims {
    return claimsOf({ grantee, issuer, jti: random.hex(32), clock, validitySeconds: grantee.client.accessSeconds });
  }

  return {
    issuer,
    refresh,
    access(grantee) {
      const claims = newClaims(grantee);
      live.set(claims.jti, claims.exp);
      // What is told is rounded down, so one less than the validity.
      const expiresInSeconds = Math.max(0, grantee.client.accessSeconds - 1);
      return { token: signJwt(claims, key, keysUrl), jti: claims.jti, expiresInSeconds };
    },
    identity(grantee, user) {
      const own = { aud: [grantee.client.id], scope: ['openid'], email_verified: user.verified };
      return signJwt({ ...newClaims(grantee), ...own }, key, keysUrl);
    },
    check(token) {
      const claims = readJwt(token, key);
      if (claims === undefined || claims.iss !== issuer || claims.exp * 1000 <= clock.now()) return undefined;
      return expired.has(claims.jti) ? undefined : claims;
    },
    expireAccess() {
      for (const jti of live.keys()) expired.add(jti);
      live.clear();
    },
    revokeRefresh: () => refresh.revoke(),
  };
}
