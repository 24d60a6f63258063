import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { WholeAnswer } from '../outbound/fetch-whole.js';
import { retryAfterMs } from '../outbound/retry-after.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';
import { type Allowance, readAllowance, readResetMs } from './allowance.js';
import type { Pace } from './pace.js';

export interface LimitsOptions {
  readonly pace: Pace;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the API says of our number of requests, turned into our pace. */
export interface Limits {
  /** For each answer to a request with our token: the limit is the user's, so it holds for all lists. */
  obey(answer: WholeAnswer): void;
}

/** After a 429 that names no time; longer ones grow at the lists that meet them. */
const PAUSE_MS: Milliseconds = 5_000;
/** As `Retry-After` is bounded: a clock gone wrong must not silence us for long. */
const LONGEST_PAUSE_MS: Milliseconds = 3_600_000;

export function createLimits({ pace, clock, log }: LimitsOptions): Limits {
  const repeats = createRepeats(clock);

  function tellPause(durationMs: Milliseconds): void {
    const times = repeats.occurred('pause');
    if (times === undefined) return;
    log.warn('the API limits our requests; none is sent for a while', {
      seconds: Math.ceil(durationMs / 1000),
      times,
    });
  }

  function tellScarcity({ limit, resetInMs }: Allowance): void {
    if (repeats.occurred('scarcity') === undefined) return;
    log.warn('less than a tenth of the requests that the API allows us is left, asking more slowly', {
      limit,
      secondsLeft: Math.ceil(resetInMs / 1000),
    });
  }

  return {
    obey(answer) {
      const allowance = readAllowance(answer.headers, clock.now());
      if (allowance !== undefined) pace.learn(allowance);
      if (answer.status === 429) {
        const durationMs = pauseAskedFor(answer, clock.now()) ?? PAUSE_MS;
        pace.pause(durationMs);
        tellPause(durationMs);
      } else if (allowance?.remaining === 0) tellScarcity(allowance);
    },
  };
}

/** `Retry-After`, for 429 else `X-RateLimit-Reset`; undefined when neither says anything. */
export function pauseAskedFor({ status, headers }: WholeAnswer, nowMs: Milliseconds): Milliseconds | undefined {
  const askedMs = retryAfterMs(headers, nowMs);
  if (askedMs !== undefined || status !== 429) return askedMs;
  const resetMs = readResetMs(headers, nowMs);
  return resetMs === undefined ? undefined : Math.min(resetMs, LONGEST_PAUSE_MS);
}
