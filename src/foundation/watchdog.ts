import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError } from '../base/errors.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';

export interface WatchdogSettings {
  /** How long the API may take to begin its answer. */
  readonly timeoutMs: Milliseconds;
  /** From one ping to the next. */
  readonly rateMs: Milliseconds;
  readonly initialDelayMs: Milliseconds;
  /** Failures that are borne: the one after them is one too many. Undefined: all are. */
  readonly restartCount: number | undefined;
}

export interface WatchdogOptions extends WatchdogSettings {
  /** Rejects when the API does not answer as one. */
  readonly ping: (timeoutMs: Milliseconds) => Promise<void>;
  /** Opens the connections anew. */
  readonly reconnect: () => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: { reconnected(): void };
  /** One failure too many: the process is to end. Called once. */
  readonly onGivenUp: () => void;
}

export interface Watchdog {
  start(): void;
  stop(): void;
}

/**
 * `cf.watchdog.*` of the original (facts/promregator.md 4): asks the API for a sign of life, opens the connections anew
 * after each failure, and gives up after so many of them since the start, in a row or not.
 */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { clock, log, restartCount = Number.POSITIVE_INFINITY } = options;
  const faults = createRepeats(clock);
  let timer: Timer | undefined;
  let failures = 0;
  let stopped = true;
  /** Counts starts: a ping of before the last one leads to no other. */
  let watches = 0;

  async function watch(mine: number): Promise<void> {
    const startedAt = clock.monotonic();
    try {
      await options.ping(options.timeoutMs);
      if (faults.ended() > 0 && !stopped) log.info('the API answers the watchdog again');
    } catch (error) {
      if (!stopped) fail(error);
    }
    if (stopped || mine !== watches) return;
    timer = clock.after(Math.max(0, startedAt + options.rateMs - clock.monotonic()), () => void watch(mine));
  }

  function fail(error: unknown): void {
    failures += 1;
    options.reconnect();
    options.observe.reconnected();
    const times = faults.occurred('failure');
    if (times !== undefined) {
      const reason = describeError(error);
      log.warn('the API does not answer the watchdog, opening its connections anew', { failures, reason });
    }
    if (failures <= restartCount) return;
    log.error('the API has failed the watchdog too often, ending the process (cf.watchdog.restartCount)', { failures });
    stop();
    options.onGivenUp();
  }

  function stop(): void {
    stopped = true;
    timer?.cancel();
  }

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      watches += 1;
      const mine = watches;
      timer = clock.after(options.initialDelayMs, () => void watch(mine));
    },
    stop,
  };
}
