import type { Milliseconds } from '../../src/base/duration.js';

/** Crashes after which an instance is started anew at once. */
const IMMEDIATE_RESTARTS = 3;
/** The delay doubles up to this crash. */
const LAST_DOUBLING = 9;
const MOST_RESTARTS = 200;

/** How long a crashed instance waits for its next container; undefined when there is none any more (facts 6). */
export function restartDelay(crashes: number, backoffMs: Milliseconds): Milliseconds | undefined {
  if (crashes > MOST_RESTARTS) return undefined;
  if (crashes <= IMMEDIATE_RESTARTS) return 0;
  return backoffMs * 2 ** (Math.min(crashes, LAST_DOUBLING) - IMMEDIATE_RESTARTS - 1);
}
