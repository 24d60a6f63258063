import type { Clock } from '../../src/base/clock.js';

export interface ManualClock extends Clock {
  /** Moves time on and runs what falls due, in order of time. */
  advance(ms: number): void;
  /** Delays of the timers that wait, shortest first. */
  pending(): number[];
}

export function manualClock(startMs = 1_700_000_000_000): ManualClock {
  let elapsed = 0;
  const timers = new Set<{ readonly at: number; readonly task: () => void }>();
  const next = () => [...timers].sort((a, b) => a.at - b.at)[0];
  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    after(delayMs, task) {
      const timer = { at: elapsed + delayMs, task };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    advance(ms) {
      const end = elapsed + ms;
      for (let timer = next(); timer !== undefined && timer.at <= end; timer = next()) {
        elapsed = timer.at;
        timers.delete(timer);
        timer.task();
      }
      elapsed = end;
    },
    pending: () => [...timers].map((timer) => timer.at - elapsed).sort((a, b) => a - b),
  };
}
