import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { splitSwitches } from './switch-words.js';

test.each([
  ['', []],
  ['  \t\n ', []],
  ['-Da=b -Xmx1g', ['-Da=b', '-Xmx1g']],
  [' -Da=b\t\n-Dc ', ['-Da=b', '-Dc']],
  ['-Da="b c"', ['-Da=b c']],
  ["'-Da=b c' -Dd", ['-Da=b c', '-Dd']],
  [`-Da="b 'c'" -Dd='"e"'`, ["-Da=b 'c'", '-Dd="e"']],
  ['-Da="b"c\'d\'', ['-Da=bcd']],
  ['-Da="" ""', ['-Da=', '']],
  // A backslash is itself, in quotes too: tried out with Java 17.
  ['-Da=b\\d\\\\ -Dc="\\n" -Dd=\\ e', ['-Da=b\\d\\\\', '-Dc=\\n', '-Dd=\\', 'e']],
  ['-Da=$HOME;x|y*', ['-Da=$HOME;x|y*']],
  ['-Da="b', undefined],
  ["it's", undefined],
])('%j is %j', (text, expected) => {
  expect(splitSwitches(text)).toEqual(expected);
});

test('words in quotes come back', () => {
  const word = anyText().filter((text) => !text.includes("'"));
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(splitSwitches(words.map((each) => `'${each}'`).join(' '))).toEqual(words);
    }),
    propertyRuns(),
  );
});

test('never throws, and makes up nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '"', "'", ' ', '\\', '\n') }), (text) => {
      const joined = splitSwitches(text)?.join('') ?? '';
      expect(joined.length).toBeLessThanOrEqual(text.length);
    }),
    propertyRuns(),
  );
});
