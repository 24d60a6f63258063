import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';

export interface PaceOptions {
  /** Most requests under way at once (`cf.connectionPool.size`). */
  readonly concurrency: number;
  /** Requests per second, fractions allowed (`cf.request.rateLimit`); 0 means no limit. */
  readonly ratePerSecond: number;
  readonly clock: Clock;
}

/** Keeps requests to Cloud Foundry within what its operators can bear. */
export interface Pace {
  /** Runs the task when its turn has come; `waitedMs` is how long that took. */
  run<T>(task: (waitedMs: Milliseconds) => Promise<T>): Promise<T>;
  /** Requests that wait for their turn. */
  readonly waiting: number;
}

export function createPace(options: PaceOptions): Pace {
  const { clock } = options;
  const gapMs = options.ratePerSecond > 0 ? 1000 / options.ratePerSecond : 0;
  const queue: (() => void)[] = [];
  let running = 0;
  let nextStartAt = 0;
  let timerWaits = false;

  function admit(): void {
    while (queue.length > 0 && running < options.concurrency && !timerWaits) {
      const now = clock.monotonic();
      if (gapMs > 0 && now < nextStartAt) {
        timerWaits = true;
        clock.after(nextStartAt - now, () => {
          timerWaits = false;
          admit();
        });
        return;
      }
      nextStartAt = Math.max(now, nextStartAt) + gapMs;
      running += 1;
      queue.shift()?.();
    }
  }

  return {
    async run(task) {
      const askedAt = clock.monotonic();
      await new Promise<void>((resolve) => {
        queue.push(resolve);
        admit();
      });
      try {
        return await task(clock.monotonic() - askedAt);
      } finally {
        running -= 1;
        admit();
      }
    },
    get waiting() {
      return queue.length;
    },
  };
}
