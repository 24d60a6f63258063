import type { Clock } from '../../src/base/clock.js';
import type { Client, User } from './accounts.js';
import type { Claims } from './jwt.js';

/** Whom a token is for. */
export interface Grantee {
  readonly client: Client;
  /** Absent for client_credentials. */
  readonly user: User | undefined;
  readonly scopes: readonly string[];
  readonly grantType: string;
}

export interface ClaimParts {
  readonly grantee: Grantee;
  readonly issuer: string;
  readonly jti: string;
  readonly clock: Clock;
  readonly validitySeconds: number;
}

/** What an access token or a refresh token of this grantee says. */
export function claimsOf({ grantee, issuer, jti, clock, validitySeconds }: ClaimParts): Claims {
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
