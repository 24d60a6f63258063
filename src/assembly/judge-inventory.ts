import { formatDuration, type Milliseconds } from '../base/duration.js';
import type { DatedInventory, Reader } from '../foundation/dated-inventory.js';
import type { Scope } from '../foundation/plan.js';

/** A foundation of which nothing is known yet. */
export interface Forgotten {
  readonly name: string;
  readonly apiOrigin: string;
  readonly reader: Reader;
  readonly scope: Scope;
}

export type Recalled =
  | { readonly ok: true; readonly dated: DatedInventory; readonly ageMs: Milliseconds }
  | { readonly ok: false; readonly reason: string };

export interface RecallLimits {
  /** Milliseconds since 1970. */
  readonly nowMs: Milliseconds;
  readonly maxAgeMs: Milliseconds;
}

/**
 * What an earlier process knew of a foundation, if it may go on with it: of the same API, seen by the same user, with all
 * that the rules want, and not too old. The name may have changed.
 */
export function judgeInventory(
  stored: readonly DatedInventory[],
  { name, apiOrigin, reader, scope }: Forgotten,
  limits: RecallLimits,
): Recalled {
  const ofApi = stored.filter((each) => each.apiOrigin === apiOrigin);
  const ofName = ofApi.filter(({ inventory }) => inventory.foundation === name);
  const reasons: string[] = [];
  for (const each of new Set([...ofName, ...ofApi])) {
    const reason = whyNot(each, { reader, scope }, limits);
    if (reason === undefined) return { ok: true, dated: renamed(each, name), ageMs: ageOf(each, limits.nowMs) };
    reasons.push(reason);
  }
  return { ok: false, reason: reasons[0] ?? `it holds nothing of ${apiOrigin}` };
}

function whyNot(
  dated: DatedInventory,
  { reader, scope }: Pick<Forgotten, 'reader' | 'scope'>,
  { nowMs, maxAgeMs }: RecallLimits,
): string | undefined {
  if (dated.reader.grant !== reader.grant || dated.reader.name !== reader.name) {
    return `it is what ${nameOf(dated.reader)} saw, and now ${nameOf(reader)} asks`;
  }
  const ageMs = ageOf(dated, nowMs);
  if (Math.abs(ageMs) > maxAgeMs) {
    const age = ageMs > 0 ? `${formatDuration(ageMs)} old` : `of a time ${formatDuration(-ageMs)} ahead`;
    return `it is ${age}, more than promregator.cache.maxAge, ${formatDuration(maxAgeMs)}`;
  }
  return scope.isCoveredBy(dated.inventory) ? undefined : 'the rules want spaces whose lists it does not hold';
}

/**
 * By the lists that targets come and go with. Negative when a clock was set back; such a time is as wrong as it is far
 * away.
 */
function ageOf({ readAtMs }: DatedInventory, nowMs: Milliseconds): Milliseconds {
  return nowMs - Math.min(readAtMs.apps, readAtMs.processes, readAtMs.routes);
}

function nameOf({ grant, name }: Reader): string {
  return grant === 'password' ? `user ${name}` : `client ${name}`;
}

function renamed(dated: DatedInventory, foundation: string): DatedInventory {
  const { inventory } = dated;
  return inventory.foundation === foundation ? dated : { ...dated, inventory: { ...inventory, foundation } };
}
