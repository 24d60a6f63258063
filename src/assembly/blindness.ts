import { ApiError } from '../foundation/api-error.js';
import type { ListStatus } from '../foundation/refresh.js';
import { type ResourceKind, TARGET_KINDS } from '../foundation/resources.js';

/** One that fails once has perhaps met a restart of the router. */
const FAILURES = 3;

/**
 * Whether Cloud Foundry cannot be reached from here at all, as with a broken way out of one cell. Refusals, pauses and
 * answers that fail are answers: another replica with the same user would have them too.
 */
export function isBlind(lists: Readonly<Record<ResourceKind, Pick<ListStatus, 'failures' | 'error'>>>): boolean {
  return TARGET_KINDS.every((kind) => {
    const { failures, error } = lists[kind];
    return failures >= FAILURES && error !== undefined && isUnanswered(error);
  });
}

/** Tokens run out meanwhile, and a replica that has just begun to lead has none: then it is the login that gets nowhere. */
function isUnanswered({ code, status, cause }: ApiError): boolean {
  if (code !== 'login_failed') return code === 'api_unreachable';
  if (status !== undefined) return false;
  return cause instanceof ApiError ? isUnanswered(cause) : cause !== undefined;
}
