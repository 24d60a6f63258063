import type { Milliseconds } from '../base/duration.js';

/** Longer demands are obeyed up to here: a clock gone wrong must not silence us for days. */
const LONGEST_MS: Milliseconds = 3_600_000;

/** `Retry-After` in milliseconds from `nowMs` (RFC 9110 10.2.3: seconds or a date); undefined when it says nothing. */
export function retryAfterMs(value: string | undefined, nowMs: Milliseconds): Milliseconds | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), LONGEST_MS) : undefined;
}
