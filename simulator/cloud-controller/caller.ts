import type { Platform } from '../platform.js';
import type { Uaa } from '../uaa/uaa.js';
import type { WorldState } from '../world/state.js';
import { invalidAuthToken, notAuthenticated, notAuthorized, uaaUnavailable } from './capi-error.js';
import { globalVisibility, scopedVisibility, type Visibility } from './visibility.js';

/** Who asks, as far as the token told. */
export type Caller =
  | { readonly kind: 'known'; readonly id: string; readonly scopes: readonly string[] }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'basic' }
  | { readonly kind: 'invalid' };

const READING_SCOPES = [
  'cloud_controller.read',
  'cloud_controller.admin',
  'cloud_controller.admin_read_only',
  'cloud_controller.global_auditor',
];

/** Reads the Authorization header as the token middleware does (facts 2.6). Throws only when the keys of UAA are out of reach. */
export function callerOf(authorization: string | undefined, uaa: Uaa, platform: Platform): Caller {
  if (authorization === undefined) return { kind: 'nobody' };
  if (/^basic\b/i.test(authorization)) return { kind: 'basic' };
  const match = /^bearer\s+(\S+)\s*$/i.exec(authorization);
  if (match === null) return /^bearer/i.test(authorization) ? { kind: 'invalid' } : { kind: 'nobody' };
  if (platform.uaaKeys === 'down') throw uaaUnavailable();
  const claims = uaa.tokens.check(match[1] ?? '');
  if (claims === undefined || claims.jti.endsWith('-r') || !claims.aud.includes('cloud_controller')) {
    return { kind: 'invalid' };
  }
  return { kind: 'known', id: claims.user_id ?? claims.client_id, scopes: claims.scope };
}

/** Refuses whoever may not read at all. */
export function demandReader(caller: Caller): Extract<Caller, { kind: 'known' }> {
  if (caller.kind === 'invalid') throw invalidAuthToken();
  if (caller.kind !== 'known') throw notAuthenticated();
  if (!caller.scopes.some((scope) => READING_SCOPES.includes(scope))) throw notAuthorized();
  return caller;
}

/** Administrators, also read-only ones, are not limited; auditors are. */
export function exemptFromLimit(caller: Caller): boolean {
  if (caller.kind === 'basic') return true;
  if (caller.kind !== 'known') return false;
  return caller.scopes.some(
    (scope) => scope === 'cloud_controller.admin' || scope === 'cloud_controller.admin_read_only',
  );
}

export function visibilityOf(caller: Extract<Caller, { kind: 'known' }>, uaa: Uaa, state: WorldState): Visibility {
  const { scopes } = caller;
  if (exemptFromLimit(caller)) return globalVisibility('with-secrets');
  if (scopes.includes('cloud_controller.global_auditor')) return globalVisibility('without-secrets');
  const role = uaa.userByGuid(caller.id)?.role;
  return scopedVisibility(state, typeof role === 'object' ? role : {});
}
