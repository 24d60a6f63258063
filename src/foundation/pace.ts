import type { Clock, Timer } from '../base/clock.js';
import { formatDuration, type Milliseconds } from '../base/duration.js';
import { type Allowance, createAllowanceWindow } from './allowance.js';
import { ApiError } from './api-error.js';
import { type BucketSize, createTokenBucket } from './token-bucket.js';

export interface PaceOptions {
  /** Most requests under way at once (`cf.connectionPool.size`). */
  readonly concurrency: number;
  /** Requests per second over time, fractions allowed (`cf.request.rateLimit`); 0 means no limit of ours. */
  readonly ratePerSecond: number;
  readonly clock: Clock;
}

/** Keeps requests to Cloud Foundry within what its operators can bear. */
export interface Pace {
  /**
   * Runs the task when its turn has come; `waitedMs` is how long that took.
   *
   * @throws {ApiError} `api_paused` when a pause is on, or begins, that is too long to wait for
   */
  run<T>(task: (waitedMs: Milliseconds) => Promise<T>): Promise<T>;
  /** The API asked for it: no request starts before so much time has passed. */
  pause(durationMs: Milliseconds): void;
  readonly pauseLeftMs: Milliseconds;
  /** What an answer said of the API's own limit: we slow down before it is reached. */
  learn(allowance: Allowance): void;
  /** What is known of that limit now. */
  readonly allowance: Allowance | undefined;
  /** Requests that wait for their turn. */
  readonly waiting: number;
}

/**
 * What quiet times save up, in seconds' worth of the rate: by default 20 requests, so that the 15 or so in which a large
 * foundation is read do not wait.
 */
const BURST_SECONDS = 2;

/** Through a longer pause nobody waits: the lists fail, say why, and are due again after it. */
const LONGEST_WAIT_MS: Milliseconds = 10_000;

interface Waiting {
  start(): void;
  giveUp(error: ApiError): void;
}

export function createPace({ concurrency, ratePerSecond, clock }: PaceOptions): Pace {
  const configured: BucketSize =
    ratePerSecond > 0
      ? { ratePerSecond, burst: Math.max(1, ratePerSecond * BURST_SECONDS) }
      : { ratePerSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY };
  const bucket = createTokenBucket(configured, clock);
  const window = createAllowanceWindow(clock);
  let queue: Waiting[] = [];
  let running = 0;
  let pausedUntil = 0;
  let timer: Timer | undefined;

  function admit(): void {
    timer?.cancel();
    timer = undefined;
    while (queue.length > 0 && running < concurrency) {
      const waitMs = pauseLeftMs() || tokenWaitMs();
      if (waitMs > 0) {
        timer = clock.after(waitMs, admit);
        return;
      }
      running += 1;
      queue.shift()?.start();
    }
  }

  /** 0 when a token has been taken. */
  function tokenWaitMs(): Milliseconds {
    const allowed = window.bucket;
    bucket.resize(allowed === undefined ? configured : smaller(configured, allowed));
    if (bucket.take()) return 0;
    return Math.min(bucket.waitMs, window.current?.resetInMs ?? Number.POSITIVE_INFINITY);
  }

  function pauseLeftMs(): Milliseconds {
    return Math.max(0, pausedUntil - clock.monotonic());
  }

  return {
    async run(task) {
      const askedAt = clock.monotonic();
      if (pauseLeftMs() > LONGEST_WAIT_MS) throw paused(pauseLeftMs());
      await new Promise<void>((resolve, reject) => {
        queue.push({ start: resolve, giveUp: reject });
        admit();
      });
      try {
        return await task(clock.monotonic() - askedAt);
      } finally {
        running -= 1;
        admit();
      }
    },
    pause(durationMs) {
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + durationMs);
      if (pauseLeftMs() > LONGEST_WAIT_MS) {
        const before = queue;
        queue = [];
        for (const each of before) each.giveUp(paused(pauseLeftMs()));
      }
      admit();
    },
    get pauseLeftMs() {
      return pauseLeftMs();
    },
    learn(allowance) {
      window.learn(allowance);
      admit();
    },
    get allowance() {
      return window.current;
    },
    get waiting() {
      return queue.length;
    },
  };
}

function smaller(one: BucketSize, other: BucketSize): BucketSize {
  return {
    ratePerSecond: Math.min(one.ratePerSecond, other.ratePerSecond),
    burst: Math.min(one.burst, other.burst),
  };
}

function paused(leftMs: Milliseconds): ApiError {
  const sentence = `nothing is asked of the API, which wants a pause of ${formatDuration(leftMs)} more`;
  return new ApiError('api_paused', sentence, { retryAfterMs: leftMs });
}
