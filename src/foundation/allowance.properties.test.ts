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

  test('never let more be sent than the least that was said', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(headers, fc.nat({ max: 100_000 })), { maxLength: 20 }), (steps) => {
        const clock = manualClock();
        const window = createAllowanceWindow(clock);
        for (const [all, waitMs] of steps) {
          const said = readAllowance(all, NOW);
          if (said !== undefined) {
            window.learn(said);
            expect(window.current?.remaining).toBeLessThanOrEqual(said.remaining);
          }
          const { bucket } = window;
          if (bucket !== undefined) {
            expect(Number.isFinite(bucket.ratePerSecond) && bucket.ratePerSecond >= 0).toBe(true);
            expect(bucket.burst).toBeGreaterThanOrEqual(1);
          }
          clock.advance(waitMs);
        }
      }),
      propertyRuns(),
    );
  });
});
