import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { formatPrometheusDuration, parsePrometheusDuration } from './prometheus-duration.js';

test.each<[string, number | undefined]>([
  ['15s', 15_000],
  ['1m30s', 90_000],
  ['1500ms', 1500],
  ['500ms', 500],
  ['90s', 90_000],
  ['1h0m1ms', 3_600_001],
  ['1y2w3d4h5m6s7ms', 31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_706_007],
  ['0', 0],
  ['0s', 0],
  ['015s', 15_000],
  ['', undefined],
  ['15', undefined],
  ['00', undefined],
  ['1.5s', undefined],
  ['-1s', undefined],
  ['+1s', undefined],
  ['30s1m', undefined],
  ['1s1s', undefined],
  ['1 s', undefined],
  [' 1s', undefined],
  ['1s\n', undefined],
  ['1S', undefined],
  ['1µs', undefined],
  ['١s', undefined],
  ['9223372036854ms', 9_223_372_036_854],
  ['9223372036855ms', undefined],
  ['293y', undefined],
  [`${'9'.repeat(400)}s`, undefined],
])('reads %j as %s', (text, expected) => {
  expect(parsePrometheusDuration(text)).toBe(expected);
});

test.each<[number, string]>([
  [0, '0s'],
  [500, '500ms'],
  [1500, '1s500ms'],
  [90_000, '1m30s'],
  [3_600_000, '1h'],
  [86_400_000, '1d'],
  [604_800_000, '1w'],
  [691_200_000, '8d'],
  [31_536_000_000, '1y'],
])('writes %i as %s', (ms, expected) => {
  expect(formatPrometheusDuration(ms)).toBe(expected);
});

test('what is written is read as the same', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 40 }), (ms) => {
      expect(parsePrometheusDuration(formatPrometheusDuration(ms))).toBe(ms);
    }),
    propertyRuns(),
  );
});
