import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { ResponseHeaders } from '../outbound/exchange.js';
import { header } from '../outbound/fetch-whole.js';
import type { BucketSize } from './token-bucket.js';

/**
 * What the API says of its own limit (`X-RateLimit-*`, facts/cloud-foundry.md 4): so many requests of one user in a
 * fixed window, and an estimate of those left in steps of a tenth, 0 below one.
 */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends and all of the limit is there again. */
  readonly resetInMs: Milliseconds;
}

/** What is known of the window that runs. Several API servers count apart: the least that one of them said counts. */
export interface AllowanceWindow {
  learn(allowance: Allowance): void;
  /** Undefined while no limit is known, and from the end of a window to the first answer of the next. */
  readonly current: Allowance | undefined;
  /** What remains, spread over the time left: who keeps to it meets no 429. */
  readonly bucket: BucketSize | undefined;
}

/** Smaller values are no time of the last decades, but seconds from now, as some proxies write it. */
const FIRST_EPOCH_SECONDS = 1_000_000_000;

const LONGEST_WINDOW_MS: Milliseconds = 24 * 3_600_000;

/** Servers tell the end of one window by their own clocks. */
const SAME_WINDOW_MS: Milliseconds = 30_000;

/** Remaining 0 means anything below a tenth of the limit: half of that is counted on. */
const REST_OF_LIMIT = 1 / 20;

/** Share of what remains that may be sent at once. */
const SHARE_OF_BURST = 1 / 5;

/** Undefined where the headers are missing, as they are for administrators, or make no sense. */
export function readAllowance(headers: ResponseHeaders, nowMs: Milliseconds): Allowance | undefined {
  const limit = numberOf(headers, 'x-ratelimit-limit');
  const remaining = numberOf(headers, 'x-ratelimit-remaining');
  const resetInMs = readResetMs(headers, nowMs);
  if (limit === undefined || limit <= 0 || remaining === undefined || resetInMs === undefined) return undefined;
  return { limit, remaining: Math.min(remaining, limit), resetInMs };
}

/** Time until `X-RateLimit-Reset`, by the clock of the server (`Date`) where it tells it: ours may be wrong. */
export function readResetMs(headers: ResponseHeaders, nowMs: Milliseconds): Milliseconds | undefined {
  const reset = numberOf(headers, 'x-ratelimit-reset');
  if (reset === undefined) return undefined;
  const serverMs = Date.parse(header(headers, 'date') ?? '');
  const inMs = reset < FIRST_EPOCH_SECONDS ? reset * 1000 : reset * 1000 - (Number.isNaN(serverMs) ? nowMs : serverMs);
  return inMs > 0 ? Math.min(inMs, LONGEST_WINDOW_MS) : undefined;
}

function numberOf(headers: ResponseHeaders, name: string): number | undefined {
  const text = header(headers, name)?.trim();
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function createAllowanceWindow(clock: Clock): AllowanceWindow {
  let known: Known | undefined;

  function leftMs(): Milliseconds {
    return known === undefined ? 0 : known.resetAt - clock.monotonic();
  }

  return {
    learn({ limit, remaining, resetInMs }) {
      const resetAt = clock.monotonic() + resetInMs;
      const isSame = known !== undefined && leftMs() > 0 && resetAt <= known.resetAt + SAME_WINDOW_MS;
      const before = isSame ? known : undefined;
      const least = Math.min(before?.remaining ?? remaining, remaining);
      const left = before?.resetAt ?? resetAt;
      const spentAt = before?.spentAt ?? (least === 0 ? clock.monotonic() : undefined);
      known = { limit, remaining: least, resetAt: left, spentAt };
    },
    get current() {
      if (known === undefined || leftMs() <= 0) return undefined;
      return { limit: known.limit, remaining: known.remaining, resetInMs: leftMs() };
    },
    get bucket() {
      if (known === undefined || leftMs() <= 0) return undefined;
      const { limit, remaining, resetAt, spentAt } = known;
      if (spentAt !== undefined)
        return { ratePerSecond: perSecond(limit * REST_OF_LIMIT, resetAt - spentAt), burst: 1 };
      return { ratePerSecond: perSecond(remaining, leftMs()), burst: Math.max(1, remaining * SHARE_OF_BURST) };
    },
  };
}

interface Known {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Milliseconds;
  /** When remaining became 0: from then on nothing tells how much is left. */
  readonly spentAt: Milliseconds | undefined;
}

function perSecond(requests: number, durationMs: Milliseconds): number {
  return requests / Math.max(1, durationMs / 1000);
}
