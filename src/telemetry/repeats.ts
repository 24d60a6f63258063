import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';

/**
 * When to tell of a fault that occurs again and again: at once, at once when its reason is a new one, then every ten
 * minutes. So a fault is one line in the log however often it occurs, and two reasons in turn are two.
 */
export interface Repeats {
  /** How often it has occurred for this reason, when this is to be told now; else undefined. */
  occurred(reason: string): number | undefined;
  /** How often it occurred in all; from now on it counts as new. */
  ended(): number;
}

const AGAIN_MS: Milliseconds = 600_000;

export function createRepeats(clock: Clock): Repeats {
  const reasons = new Map<string, { count: number; toldAt: Milliseconds }>();

  return {
    occurred(reason) {
      const now = clock.monotonic();
      const known = reasons.get(reason);
      const count = (known?.count ?? 0) + 1;
      const isDue = known === undefined || now - known.toldAt >= AGAIN_MS;
      reasons.set(reason, { count, toldAt: isDue ? now : known.toldAt });
      return isDue ? count : undefined;
    },
    ended() {
      const count = [...reasons.values()].reduce((sum, each) => sum + each.count, 0);
      reasons.clear();
      return count;
    },
  };
}
