import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.js';

const NOW = Date.parse('2026-11-22T10:00:00Z');

test.each<[string | undefined, number | undefined]>([
  ['30', 30_000],
  ['0', 0],
  ['-5', 0],
  ['0.5', 500],
  ['Sun, 22 Nov 2026 10:01:00 GMT', 60_000],
  ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
  ['999999', 3_600_000],
  ['Sun, 22 Nov 2099 10:01:00 GMT', 3_600_000],
  ['soon', undefined],
  ['', undefined],
  [' ', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (value, ms) => {
  expect(retryAfterMs({ 'retry-after': value }, NOW)).toBe(ms);
});

test.each<[string, number]>([
  ['Sun, 22 Nov 2026 10:10:00 GMT', 30_000],
  ['Sun, 22 Nov 2026 09:50:00 GMT', 1_230_000],
  ['no date', 630_000],
])('a date is by the clock of who says it: %s', (date, ms) => {
  expect(retryAfterMs({ 'retry-after': 'Sun, 22 Nov 2026 10:10:30 GMT', date }, NOW)).toBe(ms);
});
