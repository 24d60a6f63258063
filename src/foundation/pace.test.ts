import { expect, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { deferred } from '../../test/support/outbound/ask.js';
import { createPace } from './pace.js';

/** Lets promises that are settled take their effect. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each([1, 3])('%d requests at once, the others wait their turn in order', async (concurrency) => {
  const pace = createPace({ concurrency, ratePerSecond: 0, clock: manualClock() });
  const gates = Array.from({ length: 5 }, () => deferred<void>());
  const started: number[] = [];
  const all = gates.map((gate, n) =>
    pace.run(async () => {
      started.push(n);
      await gate.promise;
      return n;
    }),
  );
  await settle();
  expect([started.length, pace.waiting]).toEqual([concurrency, 5 - concurrency]);
  gates[0]?.resolve();
  await settle();
  expect(started.length).toBe(concurrency + 1);
  for (const gate of gates) gate.resolve();
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
  expect(started).toEqual([0, 1, 2, 3, 4]);
});

test.each<[number, readonly number[]]>([
  [0, [0, 0, 0, 0]],
  [2, [0, 500, 1_000, 1_500]],
  [0.5, [0, 2_000, 4_000, 6_000]],
  [4, [0, 250, 500, 750]],
])('%d per second', async (ratePerSecond, starts) => {
  const clock = manualClock();
  const pace = createPace({ concurrency: 10, ratePerSecond, clock });
  const seen: [number, number][] = [];
  const all = starts.map(() =>
    pace.run(async (waitedMs) => {
      seen.push([clock.monotonic(), waitedMs]);
    }),
  );
  for (let ms = 0; ms <= 6_000; ms += 50) {
    await settle();
    clock.advance(50);
  }
  await Promise.all(all);
  expect(seen).toEqual(starts.map((at) => [at, at]));
});

test('quiet times save up no burst', async () => {
  const clock = manualClock();
  const pace = createPace({ concurrency: 10, ratePerSecond: 1, clock });
  clock.advance(60_000);
  const starts: number[] = [];
  const all = [1, 2].map(() => pace.run(async () => void starts.push(clock.monotonic())));
  await settle();
  expect(starts).toEqual([60_000]);
  clock.advance(1_000);
  await Promise.all(all);
  expect(starts).toEqual([60_000, 61_000]);
});

test('a task that fails gives its place on', async () => {
  const pace = createPace({ concurrency: 1, ratePerSecond: 0, clock: manualClock() });
  const failing = pace.run(() => Promise.reject(new Error('no')));
  const next = pace.run(async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
