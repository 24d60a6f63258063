import { expect, test } from 'vitest';
import { matches } from './entity-tag.js';

const TAG = '"abc"';

test.each([
  [undefined, false],
  ['', false],
  ['"abc"', true],
  ['W/"abc"', true],
  ['  "abc"  ', true],
  ['"x", "abc"', true],
  ['"x","y,z", W/"abc"', true],
  ['"x", "y"', false],
  ['abc', false],
  ['"abc', false],
  ['"ABC"', false],
  ['"abc-gzip"', false],
  ['*', true],
  [' * ', true],
  ['"*"', false],
])('If-None-Match: %s', (header, expected) => {
  expect(matches(header, TAG)).toBe(expected);
});
