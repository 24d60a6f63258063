import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { retryAfterMs } from './retry-after.js';

const NOW = Date.parse('2026-11-22T06:00:00Z');
const HOUR_MS = 3_600_000;
const instant = fc
  .integer({ min: NOW - 10 * HOUR_MS, max: NOW + 10 * HOUR_MS })
  .map((ms) => Math.floor(ms / 1000) * 1000);
const httpDate = (ms: number): string => new Date(ms).toUTCString();

describe('Retry-After', () => {
  test('of any text is a wait within bounds, or none', () => {
    const value = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.constantFrom('', ' ', '-1', '1e400', 'Infinity', 'NaN', '0x7fffffff', '99999999999999999999'),
      instant.map(httpDate),
    );
    fc.assert(
      fc.property(fc.oneof(value, fc.array(value)), fc.option(value, { nil: undefined }), (said, date) => {
        const headers = date === undefined ? { 'retry-after': said } : { 'retry-after': said, date };
        const waitMs = retryAfterMs(headers, NOW);
        if (waitMs === undefined) return;
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(HOUR_MS);
      }),
      propertyRuns(1000),
    );
  });

  test('in seconds is that, up to an hour', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), (seconds) => {
        expect(retryAfterMs({ 'retry-after': String(seconds) }, NOW)).toBe(Math.min(seconds * 1000, HOUR_MS));
      }),
      propertyRuns(),
    );
  });

  test('as a date is told from the server, not from us', () => {
    fc.assert(
      fc.property(instant, instant, instant, (until, date, ours) => {
        const waitMs = retryAfterMs({ 'retry-after': httpDate(until), date: httpDate(date) }, ours);
        expect(waitMs).toBe(Math.min(Math.max(until - date, 0), HOUR_MS));
      }),
      propertyRuns(),
    );
  });
});
