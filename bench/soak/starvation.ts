import { readFileSync } from 'node:fs';
import type { Milliseconds } from '../../src/base/duration.js';

/** A time in which a process wanted a processor and had none for a good part of it: others had them. */
export interface Starvation {
  readonly fromMs: Milliseconds;
  readonly untilMs: Milliseconds;
  /** Of that time it waited so long. */
  readonly waitedMs: Milliseconds;
}

export interface StarvationWatch {
  /** Those so far. */
  readonly starvations: readonly Starvation[];
  /** Share of the time since the last call for which one process waited, of the one that waited most. */
  takeWorstShare(): number;
  stop(): void;
}

const WINDOW_MS: Milliseconds = 500;
/** More than what neighbours on two cores take now and then. */
const LARGE_SHARE = 0.25;
const NANOSECONDS_PER_MS = 1e6;

/** Asks the kernel, which accounts for it (`/proc/<pid>/schedstat`): nobody can be mistaken for starved who is only slow. */
export function watchStarvation(pids: () => readonly number[]): StarvationWatch {
  const starvations: Starvation[] = [];
  let before = new Map<number, Milliseconds>();
  let beforeMs = Date.now();
  let worstShare = 0;
  const timer = setInterval(() => {
    const nowMs = Date.now();
    const waits = new Map(pids().map((pid) => [pid, readWait(pid)]));
    for (const [pid, wait] of waits) {
      const waitedMs = wait - (before.get(pid) ?? wait);
      const share = waitedMs / (nowMs - beforeMs);
      worstShare = Math.max(worstShare, share);
      if (share > LARGE_SHARE) starvations.push({ fromMs: beforeMs, untilMs: nowMs, waitedMs });
    }
    before = waits;
    beforeMs = nowMs;
  }, WINDOW_MS);
  return {
    starvations,
    takeWorstShare() {
      const share = worstShare;
      worstShare = 0;
      return share;
    },
    stop: () => clearInterval(timer),
  };
}

/** Time on the run queue without running, of the main thread; of a process that has ended, none. */
export function readWait(pid: number): Milliseconds {
  try {
    const [, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number);
    return waited / NANOSECONDS_PER_MS;
  } catch {
    return 0;
  }
}
