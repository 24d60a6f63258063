import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Guard } from './guard.js';
import { respondText } from './respond.js';

/** Of exporter-toolkit's `rate_limit` (facts/prometheus.md 7.1). */
export interface RateLimit {
  /** Time after which one more request may come. */
  readonly intervalMs: Milliseconds;
  /** How many may come at once. */
  readonly burst: number;
}

/**
 * Puts one common limit in front of guards: 429 beyond it, before any password is looked at. Health stays outside of it
 * by keeping its own guard, since a platform ends what does not answer.
 */
export function createRateLimit({ intervalMs, burst }: RateLimit, clock: Clock): (guard: Guard) => Guard {
  let tokens = burst;
  let filledAt = clock.monotonic();

  function take(): boolean {
    const now = clock.monotonic();
    tokens = Math.min(burst, tokens + (now - filledAt) / intervalMs);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  return (guard) => ({
    admits(request, response) {
      if (take()) return guard.admits(request, response);
      const retryAfter = String(Math.max(1, Math.ceil(((1 - tokens) * intervalMs) / 1000)));
      respondText(response, 429, 'Too many requests, by rate_limit of the web config file.', {
        'retry-after': retryAfter,
      });
      return false;
    },
  });
}
