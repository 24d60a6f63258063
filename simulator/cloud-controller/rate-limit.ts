import { createHash } from 'node:crypto';
import type { Clock } from '../../src/base/clock.js';
import type { Header } from '../http/message.js';
import type { RateLimitOptions } from '../options.js';

export interface RateLimiter {
  /** Counts a request of this user (or address) and says what is left. */
  count(key: string, who: 'user' | 'address'): RateVerdict;
}

export interface RateVerdict {
  readonly exceeded: boolean;
  readonly headers: readonly Header[];
}

interface Window {
  readonly endsMs: number;
  count: number;
}

const DEFAULT_UNAUTHENTICATED_LIMIT = 100;
const DEFAULT_INTERVAL_MINUTES = 60;

/** Fixed windows whose boundary differs by user, and a share of the limit for each API server (facts 4). */
export function createRateLimiter(options: RateLimitOptions, clock: Clock): RateLimiter {
  const servers = options.servers ?? 1;
  const intervalMs = (options.intervalMinutes ?? DEFAULT_INTERVAL_MINUTES) * 60_000;
  const windows = new Map<string, Window>();
  let requests = 0;
  return {
    count(key, who) {
      const limit =
        who === 'user' ? options.generalLimit : (options.unauthenticatedLimit ?? DEFAULT_UNAUTHENTICATED_LIMIT);
      const share = Math.ceil(limit / servers);
      const server = requests % servers;
      requests += 1;
      const nowMs = clock.now();
      const window = currentWindow(windows, `${server} ${key}`, {
        nowMs,
        intervalMs,
        offsetMs: offsetOf(key, intervalMs),
      });
      window.count += 1;
      const resetSeconds = Math.ceil(window.endsMs / 1000);
      const headers: Header[] = [
        ['X-Ratelimit-Limit', String(limit)],
        ['X-Ratelimit-Remaining', String(remaining(window.count, share, limit))],
        ['X-Ratelimit-Reset', String(resetSeconds)],
      ];
      const exceeded = window.count > share;
      if (exceeded) headers.push(['Retry-After', String(Math.max(1, resetSeconds - Math.floor(nowMs / 1000)))]);
      return { exceeded, headers };
    },
  };
}

interface WindowPlace {
  readonly nowMs: number;
  readonly intervalMs: number;
  readonly offsetMs: number;
}

function currentWindow(windows: Map<string, Window>, key: string, place: WindowPlace): Window {
  const known = windows.get(key);
  if (known !== undefined && known.endsMs > place.nowMs) return known;
  const passed = (place.nowMs - place.offsetMs) % place.intervalMs;
  const window = { endsMs: place.nowMs - passed + place.intervalMs, count: 0 };
  windows.set(key, window);
  return window;
}

/** In steps of a tenth, rounded down: 1800 right after the first request of 2000. */
function remaining(count: number, share: number, limit: number): number {
  const tenths = Math.floor(((share - count) / share) * 10);
  return Math.max(0, Math.floor((tenths * limit) / 10));
}

function offsetOf(key: string, intervalMs: number): number {
  return createHash('sha1').update(key).digest().readUInt32BE(0) % intervalMs;
}
