import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { createAllowanceWindow, readAllowance, readResetMs } from './allowance.js';

const NOW = Date.parse('2026-11-22T06:00:00Z');
const DAY_MS = 24 * 3_600_000;

const number = fc.oneof(
  fc.nat({ max: 20_000 }).map(String),
  fc.integer({ min: -7200, max: 7200 }).map((seconds) => String(NOW / 1000 + seconds)),
  fc.constantFrom('', '-1', '1e9', '0x10', '1.5', ' 7 ', '999999999999999', '9999999999999999', 'NaN'),
  fc.string(),
);
const date = fc.oneof(
  fc.date({ noInvalidDate: true }).map((each) => each.toUTCString()),
  fc.string(),
);
const header = (value: fc.Arbitrary<string>): fc.Arbitrary<string | string[]> =>
  fc.oneof(value, fc.array(value, { maxLength: 2 }));
const headers = fc.record(
  {
    'x-ratelimit-limit': header(number),
    'x-ratelimit-remaining': header(number),
    'x-ratelimit-reset': header(number),
    date: header(date),
  },
  { requiredKeys: [] },
);

describe('X-RateLimit headers', () => {
  test('say nothing, or what can be true', () => {
    fc.assert(
      fc.property(headers, (all) => {
        const found = readAllowance(all, NOW);
        if (found === undefined) return;
        expect(found.limit).toBeGreaterThan(0);
        expect(found.remaining).toBeGreaterThanOrEqual(0);
        expect(found.remaining).toBeLessThanOrEqual(found.limit);
        expect(found.resetInMs).toBe(readResetMs(all, NOW));
        expect(found.resetInMs).toBeGreaterThan(0);
        expect(found.resetInMs).toBeLessThanOrEqual(DAY_MS);
      }),
      propertyRuns(1000),
    );
  });

  test('mean the same whatever our clock says, where the server tells its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3600 }), fc.integer({ min: -DAY_MS, max: DAY_MS }), (seconds, aheadMs) => {
        const all = { 'x-ratelimit-reset': String(NOW / 1000 + seconds), date: new Date(NOW).toUTCString() };
        expect(readResetMs(all, NOW + aheadMs)).toBe(seconds * 1000);
      }),
      propertyRuns(),
    );
  });

  test('of several servers count by the least that one of them said, until the window ends', () => {
    // Windows of minutes, told now and then, so that many are told of the same one.
    const told = fc.record({
      remaining: fc.nat({ max: 2000 }),
      limit: fc.constantFrom(1000, 2000),
      seconds: fc.nat({ max: 120 }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(told, fc.nat({ max: 30_000 })), { maxLength: 20 }), (steps) => {
        const clock = manualClock();
        const window = createAllowanceWindow(clock);
        for (const [{ remaining, limit, seconds }, waitMs] of steps) {
          const before = window.current;
          const resetInMs = seconds * 1000 + 1;
          window.learn({ remaining, limit, resetInMs });
          const isSame = before !== undefined && resetInMs <= before.resetInMs + 30_000;
          expect(window.current?.remaining).toBe(isSame ? Math.min(before.remaining, remaining) : remaining);
          const { ratePerSecond, burst } = window.bucket ?? { ratePerSecond: Number.NaN, burst: 0 };
          expect(Number.isFinite(ratePerSecond) && ratePerSecond >= 0).toBe(true);
          expect(burst).toBeGreaterThanOrEqual(1);
          clock.advance(waitMs);
        }
      }),
      propertyRuns(),
    );
  });
});
