import type { Milliseconds } from '../../src/base/duration.js';

/** A time in which a process of the bench did not come to its turn: what it says of that time says little of others. */
export interface HoldUp {
  readonly fromMs: Milliseconds;
  readonly untilMs: Milliseconds;
}

const TICK_MS: Milliseconds = 25;
/** A collection of garbage, or a list of a megabyte, is none. */
const LONG_MS: Milliseconds = 250;

/** @returns what gives those since the last call, by the wall clock */
export function watchHoldUps(): () => readonly HoldUp[] {
  let holdUps: HoldUp[] = [];
  let lastMs = Date.now();
  setInterval(() => {
    const now = Date.now();
    if (now - lastMs > LONG_MS) holdUps.push({ fromMs: lastMs, untilMs: now });
    lastMs = now;
  }, TICK_MS).unref();
  return () => {
    const taken = holdUps;
    holdUps = [];
    return taken;
  };
}
