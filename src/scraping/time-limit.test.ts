import { expect, test } from 'vitest';
import { timeLimit } from './time-limit.js';

test.each([
  ['10', undefined, 9_500],
  ['1.5', undefined, 1_000],
  ['1', undefined, 500],
  ['0.9', undefined, 450],
  ['0.2', undefined, 100],
  ['10', 4_000, 4_000],
  ['3', 4_000, 2_500],
  ['1e9', undefined, 3_600_000],
  ['Infinity', undefined, 3_600_000],
  [undefined, undefined, 5_000],
  [undefined, 4_000, 4_000],
  [undefined, 60_000, 5_000],
  ['', undefined, 5_000],
  ['0', undefined, 5_000],
  ['-1', undefined, 5_000],
  ['10s', undefined, 5_000],
  ['10, 10', undefined, 5_000],
])('%s seconds granted, capped by %s: %d ms', (granted, capMs, limitMs) => {
  expect(timeLimit(granted, { capMs, defaultMs: 5_000 })).toBe(limitMs);
});
