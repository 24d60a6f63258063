import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { parseProfileExpression } from './profile-expression.js';

test.each([
  ['a', true],
  ['c', false],
  ['!a', false],
  ['!c', true],
  ['! !a', true],
  ['a & b', true],
  ['a&c', false],
  ['a | c', true],
  ['c|d', false],
  ['a & b & c', false],
  ['c | d | b', true],
  ['(a | c) & b', true],
  ['a & (c | d)', false],
  ['!(a & c)', true],
  ['((a))', true],
  ['!c & !d', true],
  ['with-dash_and.dot', false],
])('with a and b, %s is %s', (text, expected) => {
  expect(parseProfileExpression(text)?.(new Set(['a', 'b']))).toBe(expected);
});

test.each(['', ' ', '&', 'a &', '| a', 'a & b | c', 'a | b & c', '(a', 'a)', '()', '!', 'a !b', '(a) b', 'a && b'])(
  '%j is none',
  (text) => {
    expect(parseProfileExpression(text)).toBeUndefined();
  },
);

test('never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '&', '|', '!', '(', ')', ' ') }), (text) => {
      expect(typeof (parseProfileExpression(text)?.(new Set(['a'])) ?? false)).toBe('boolean');
    }),
    propertyRuns(),
  );
  expect(parseProfileExpression('('.repeat(100_000))).toBeUndefined();
});
