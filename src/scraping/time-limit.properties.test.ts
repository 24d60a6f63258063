import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { timeLimit } from './time-limit.js';

const header = fc.oneof(
  fc.double().map(String),
  fc.constantFrom('', ' ', '-1', '1e400', 'Infinity', 'NaN', '0x10', '10s', '1,5'),
  fc.string(),
);
const options = fc.record({
  capMs: fc.option(fc.integer({ min: 1, max: 3_600_000 }), { nil: undefined }),
  defaultMs: fc.integer({ min: 1, max: 3_600_000 }),
});

test('whatever a caller grants is a time that a timer can wait', () => {
  fc.assert(
    fc.property(header, options, (text, bounds) => {
      const ms = timeLimit(text, bounds);
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(bounds.capMs ?? 3_600_000);
    }),
    propertyRuns(500),
  );
});

test('who grants more gets more, and never all of it', () => {
  const seconds = fc.double({ min: 0.001, max: 3600, noNaN: true });
  fc.assert(
    fc.property(seconds, seconds, options, (one, other, bounds) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(timeLimit(String(less), bounds)).toBeLessThanOrEqual(timeLimit(String(more), bounds));
      expect(timeLimit(String(less), bounds)).toBeLessThan(less * 1000);
    }),
    propertyRuns(),
  );
});
