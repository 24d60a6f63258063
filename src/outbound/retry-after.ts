import type { Milliseconds } from '../base/duration.js';
import type { ResponseHeaders } from './exchange.js';
import { header } from './fetch-whole.js';

/** Longer demands are obeyed up to here: a clock gone wrong must not silence us for days. */
const LONGEST_MS: Milliseconds = 3_600_000;

/**
 * `Retry-After` of an answer in milliseconds from now (RFC 9110 10.2.3: seconds or a date); undefined when it says
 * nothing. A date is by the server's clock, so it is compared with the `Date` of the same answer where there is one.
 */
export function retryAfterMs(headers: ResponseHeaders, nowMs: Milliseconds): Milliseconds | undefined {
  const value = header(headers, 'retry-after');
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - serverNowMs(headers, nowMs);
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 0), LONGEST_MS) : undefined;
}

function serverNowMs(headers: ResponseHeaders, nowMs: Milliseconds): Milliseconds {
  const toldMs = Date.parse(header(headers, 'date') ?? '');
  return Number.isFinite(toldMs) ? toldMs : nowMs;
}
