import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { parseProperties } from './properties-text.js';

/** Compared with Java 17 on 20000 random texts when it was written; a backslash alone at the end has no name here. */
describe('one document, as java.util.Properties reads it', () => {
  test.each<[string, string, readonly (readonly [string, string])[]]>([
    ['equals sign', 'a=b', [['a', 'b']]],
    ['colon', 'a:b', [['a', 'b']]],
    ['blank', 'a b', [['a', 'b']]],
    ['blanks around', ' \ta \f=\t b ', [['a', 'b ']]],
    ['only the first separator separates', 'a == b=c', [['a', '= b=c']]],
    ['a colon behind blanks', 'a  : :b', [['a', ':b']]],
    [
      'no value',
      'a\nb=\nc:',
      [
        ['a', ''],
        ['b', ''],
        ['c', ''],
      ],
    ],
    ['no name', '=a', [['', 'a']]],
    ['comments', '#a=b\n  ! c=d\ne=f # g', [['e', 'f # g']]],
    [
      'empty lines and line ends',
      '\n  \r\na=b\rc=d\r\n\r\ne=f',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
      ],
    ],
    ['continued', 'a=b\\\n   c\\\r\n\td', [['a', 'bcd']]],
    [
      'continued by an empty line',
      'a=b\\\n\nc=d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['continued by what would be a comment', 'a=b\\\n#c', [['a', 'b#c']]],
    ['a comment is not continued', '#a\\\nb=c', [['b', 'c']]],
    [
      'two backslashes do not continue',
      'a=b\\\\\nc=d',
      [
        ['a', 'b\\'],
        ['c', 'd'],
      ],
    ],
    ['three do', 'a=b\\\\\\\nc', [['a', 'b\\c']]],
    ['a name in two lines', 'a\\\n b=c', [['ab', 'c']]],
    ['a backslash at the very end', 'a=b\\', [['a', 'b']]],
    ['a lone backslash', '\\\n#a\n  \\\n b=c', [['b', 'c']]],
    ['escapes', 'a\\ b\\:c\\=d\\#=\\t\\n\\r\\f\\"\\x\\\\', [['a b:c=d#', '\t\n\r\f"x\\']]],
    ['unicode', 'a=\\u00e4\\u00C4ä\\ud83d\\ude00', [['a', 'äÄä😀']]],
    [
      'a list',
      'a[0].b=1\na[1].b=2',
      [
        ['a[0].b', '1'],
        ['a[1].b', '2'],
      ],
    ],
    [
      'names that objects have',
      '__proto__=a\nconstructor=b',
      [
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ],
    ],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    const { documents, badEscapes } = parseProperties(text);
    expect(documents.map((entries) => entries.map(({ name, value }) => [name, value]))).toEqual([expected]);
    expect(badEscapes).toEqual([]);
  });
});

test.each<[string, string, readonly (readonly string[])[]]>([
  ['hyphens', 'a=1\n#---\nb=2', [['a'], ['b']]],
  ['the other comment sign', 'a=1\n!---\nb=2', [['a'], ['b']]],
  ['with blanks behind', 'a=1\n#--- \nb=2', [['a'], ['b']]],
  ['with blanks before', 'a=1\n #---\nb=2', [['a', 'b']]],
  ['of four', 'a=1\n#----\nb=2', [['a', 'b']]],
  ['below a comment', 'a=1\n# x\n#---\nb=2', [['a', 'b']]],
  ['above a comment', 'a=1\n#---\n# x\nb=2', [['a', 'b']]],
  ['between comments of the other sign', '! x\n#---\n! y\nb=2', [[], ['b']]],
  ['within a continued line', 'a=1\\\n#---\nb=2', [['a', 'b']]],
])('a separator: %s', (_, text, expected) => {
  expect(parseProperties(text).documents.map((entries) => entries.map(({ name }) => name))).toEqual(expected);
});

test.each([
  ['a\\u12=b', [{ line: 1, column: 2 }]],
  ['\n  a=\\\\u\\u12g4', [{ line: 2, column: 8 }]],
  ['a=b\\\n  \\u', [{ line: 2, column: 3 }]],
  [
    'a=\\u\nb=\\u00e4\nc=\\u',
    [
      { line: 1, column: 3 },
      { line: 3, column: 3 },
    ],
  ],
])('an escape that is none in %j', (text, expected) => {
  expect(parseProperties(text).badEscapes).toEqual(expected);
});

test('places count from 1, of values too, also in continued lines', () => {
  const [[first, second] = []] = parseProperties('\n  a : b\nc=\\\n    d').documents;
  expect([first?.namePlace, first?.valuePlace]).toEqual([
    { line: 2, column: 3 },
    { line: 2, column: 7 },
  ]);
  expect([second?.namePlace, second?.valuePlace]).toEqual([
    { line: 3, column: 1 },
    { line: 4, column: 5 },
  ]);
});

test('what Properties.store writes comes back', () => {
  const text = anyText();
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name }), (entries) => {
      const written = entries.map(([name, value]) => `${store(name)}=${store(value)}`).join('\n');
      const [document = []] = parseProperties(written).documents;
      expect(document.map(({ name, value }) => [name, value])).toEqual(entries);
    }),
    propertyRuns(),
  );
});

/** As java.util.Properties.store: blanks and signs behind a backslash, all but printable ASCII as `\u`. */
function store(text: string): string {
  return text.replace(/[\s\S]/g, (letter) => {
    if (/[ =:#!\\]/.test(letter)) return `\\${letter}`;
    return /[!-~]/.test(letter) ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

test('never throws', () => {
  const unit = fc.constantFrom('a', '=', ':', ' ', '\\', 'u', '0', '\n', '\r', '#', '!', '-');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(parseProperties(text).documents.length).toBeGreaterThan(0);
    }),
    propertyRuns(1000),
  );
  const long = '\\u0041='.repeat(200_000);
  expect(parseProperties(long).documents[0]).toHaveLength(1);
});
