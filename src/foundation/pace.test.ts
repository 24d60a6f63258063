import { describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { deferred } from '../../test/support/outbound/ask.js';
import { createPace, type Pace } from './pace.js';

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

interface Paced {
  readonly pace: Pace;
  readonly clock: ManualClock;
  /** When each request began, and `paused` for one that was given up. */
  readonly seen: (number | 'paused')[];
  /** Asks for so many requests, and lets time pass. */
  ask(count: number): void;
  pass(ms: number): Promise<void>;
}

function paced(ratePerSecond: number): Paced {
  const clock = manualClock();
  const pace = createPace({ concurrency: 100, ratePerSecond, clock });
  const seen: (number | 'paused')[] = [];
  return {
    pace,
    clock,
    seen,
    ask(count) {
      for (let n = 0; n < count; n += 1) {
        pace
          .run(async () => void seen.push(Math.round(clock.monotonic())))
          .catch((error) => seen.push(error.code === 'api_paused' ? 'paused' : error));
      }
    },
    async pass(ms) {
      await settle();
      for (let passed = 0; passed < ms; passed += 100) {
        clock.advance(Math.min(100, ms - passed));
        await settle();
      }
    },
  };
}

describe('the configured rate', () => {
  test.each<[number, number, readonly number[]]>([
    [0, 100, Array(100).fill(0)],
    [10, 15, Array(15).fill(0)],
    [10, 23, [...Array(20).fill(0), 100, 200, 300]],
    [2, 6, [0, 0, 0, 0, 500, 1_000]],
    [1, 4, [0, 0, 1_000, 2_000]],
    [0.5, 3, [0, 2_000, 4_000]],
    [0.001, 2, [0]],
  ])('%d per second: of %d requests at once', async (rate, count, starts) => {
    const { ask, pass, seen } = paced(rate);
    ask(count);
    await pass(6_000);
    expect(seen).toEqual(starts);
  });

  test('quiet times save up the requests of two seconds, and no more', async () => {
    const { ask, pass, seen } = paced(1);
    ask(2);
    await pass(60_000);
    ask(3);
    await pass(1_000);
    expect(seen).toEqual([0, 0, 60_000, 60_000, 61_000]);
  });

  test('who waits is told how long it took, and counted', async () => {
    const { pace, pass } = paced(1);
    const waits: number[] = [];
    const all = [1, 2, 3].map(() => pace.run(async (waitedMs) => void waits.push(waitedMs)));
    await settle();
    expect(pace.waiting).toBe(1);
    await pass(1_000);
    await Promise.all(all);
    expect([waits, pace.waiting]).toEqual([[0, 0, 1_000], 0]);
  });
});

describe('the limit of the API', () => {
  const HOUR = 3_600_000;

  test.each<[string, { limit: number; remaining: number; resetInMs: number }, number, number]>([
    ['plenty: our own rate counts', { limit: 20_000, remaining: 18_000, resetInMs: 1_000 }, 10, 20 + 10 * 60],
    ['what remains, spread over the time left', { limit: 2_000, remaining: 200, resetInMs: 1_000_000 }, 10, 20 + 12],
    ['without a rate of ours too', { limit: 2_000, remaining: 200, resetInMs: 1_000_000 }, 0, 40 + 12],
    ['less than a tenth: half of that is counted on', { limit: 2_000, remaining: 0, resetInMs: 600_000 }, 10, 1 + 10],
    ['a small limit', { limit: 100, remaining: 90, resetInMs: HOUR }, 10, 18 + 1],
  ])('%s', async (_, allowance, rate, expected) => {
    const { pace, ask, pass, seen } = paced(rate);
    pace.learn(allowance);
    ask(2_000);
    await pass(60_000);
    expect(seen.length).toBe(expected);
  });

  /** As the Cloud Controller counts, in steps of a tenth, on so many servers in turn (facts/cloud-foundry.md 4). */
  test.each<[number, number, number]>([
    [2_000, 1, 600],
    [2_000, 2, 600],
    [2_000, 4, 300],
    [200, 2, 300],
    [50, 1, 300],
  ])(
    'who wants more than %d requests, of %d servers in %d s, gets most of them and meets no 429',
    async (limit, servers, windowSeconds) => {
      const { pace, clock, pass } = paced(10);
      const ends = clock.monotonic() + windowSeconds * 1000;
      const counts = Array<number>(servers).fill(0);
      let sent = 0;
      const ask = async (): Promise<void> => {
        const server = sent % servers;
        sent += 1;
        const count = (counts[server] ?? 0) + 1;
        counts[server] = count;
        const perServer = Math.ceil(limit / servers);
        const share = Math.floor(((perServer - count) / perServer) * 10) / 10;
        pace.learn({ limit, remaining: Math.max(0, share * limit), resetInMs: ends - clock.monotonic() });
      };
      for (let n = 0; n < limit * 2; n += 1) void pace.run(ask);
      await pass(windowSeconds * 1000 - 100);
      expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil(limit / servers));
      expect(sent).toBeGreaterThan(limit * 0.8);
    },
  );

  test('the next window begins at our own rate', async () => {
    const { pace, ask, pass, seen } = paced(10);
    pace.learn({ limit: 10, remaining: 0, resetInMs: 5_000 });
    ask(3);
    await pass(6_000);
    expect(seen).toEqual([0, 5_100, 5_200]);
  });
});

describe('a pause', () => {
  test.each<[string, number, number, readonly (number | 'paused')[]]>([
    ['a short one is waited for', 5_000, 2, [5_000, 5_000]],
    ['ten seconds too', 10_000, 1, [10_000]],
    ['through a long one nobody waits', 10_001, 2, ['paused', 'paused']],
  ])('%s', async (_, pauseMs, count, expected) => {
    const { pace, ask, pass, seen } = paced(0);
    pace.pause(pauseMs);
    ask(count);
    await pass(15_000);
    expect(seen).toEqual(expected);
    ask(1);
    await settle();
    expect(seen.at(-1)).toBe(15_000);
  });

  test('that begins gives up those who wait, and tells how long', async () => {
    const { pace, ask, pass, seen } = paced(1);
    ask(4);
    await settle();
    pace.pause(60_000);
    await pass(0);
    expect(seen).toEqual([0, 0, 'paused', 'paused']);
    await pass(20_000);
    expect(pace.pauseLeftMs).toBe(40_000);
    await expect(pace.run(async () => 0)).rejects.toMatchObject({ code: 'api_paused', retryAfterMs: 40_000 });
    await expect(pace.run(async () => 0)).rejects.toThrow('which wants a pause of 40 s more');
  });

  test('a shorter one does not end it', async () => {
    const { pace, ask, pass, seen } = paced(0);
    pace.pause(5_000);
    pace.pause(1_000);
    ask(1);
    await pass(6_000);
    expect(seen).toEqual([5_000]);
  });
});

test('a task that fails gives its place on', async () => {
  const pace = createPace({ concurrency: 1, ratePerSecond: 0, clock: manualClock() });
  const failing = pace.run(() => Promise.reject(new Error('no')));
  const next = pace.run(async () => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
