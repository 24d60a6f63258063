import type { Milliseconds } from './duration.js';

/** Handed to whatever waits or measures, so that tests move time instead of sleeping through it. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump. For what is shown or compared with others' clocks. */
  now(): Milliseconds;
  /** Milliseconds since some start; never goes back. For durations and deadlines. */
  monotonic(): Milliseconds;
  /** Calls `task` once after `delayMs`. A waiting timer does not keep the process alive. */
  after(delayMs: Milliseconds, task: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, task) {
    const handle = setTimeout(task, Math.min(delayMs, LONGEST_TIMEOUT_MS));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Node fires at once for delays beyond 31 bits. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
