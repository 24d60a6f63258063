import type { Milliseconds } from '../../src/base/duration.js';

export interface WaitOptions {
  readonly withinMs: Milliseconds;
  readonly everyMs: Milliseconds;
  /** What is waited for, for the error; said when it does not come. */
  readonly what: () => string;
}

/** Asks again and again until `probe` gives something. @throws when that takes longer than `withinMs` */
export async function waitFor<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  { withinMs, everyMs, what }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what()}`);
    await passTime(everyMs);
  }
}

export function passTime(ms: Milliseconds): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
