import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { compileNameExpression, compileRouteExpression } from './name-expression.js';

function matchesName(source: string, name: string): boolean | string {
  const outcome = compileNameExpression(source);
  return outcome.ok ? outcome.expression.test(name) : outcome.reason;
}

test.each<[string, string, boolean]>([
  ['abc', 'ABC', true],
  ['ABC', 'abc', true],
  ['abc', 'abcd', false],
  ['a|bc', 'bc', true],
  ['a|bc', 'ac', false],
  ['.*-prod', 'Orders-PROD', true],
  ['^(?!test).*$', 'prod', true],
  ['^(?!test).*', 'Testing', false],
  ['[a-f]+', 'ABCdef', true],
  ['[A-Z]+', 'abc', true],
  ['[^a]', 'A', false],
  ['[^a]', 'b', true],
  ['[A-z]', '_', true],
  ['[+-a]', 'Z', true],
  ['[Z-a]', 'z', true],
  ['[Z-a]', 'y', false],
  ['é', 'é', true],
  ['é', 'É', false],
  ['[à-ý]', 'É', false],
  ['s', 'ſ', false],
  ['k', '\u212a', false],
  ['\\w', 'ſ', false],
  ['(?i)abc', 'ABC', true],
  ['(?-i)abc', 'ABC', false],
  ['(?-i)ABC', 'ABC', true],
  ['(a)\\1', 'aA', true],
  ['(?<x>a)\\k<x>', 'Aa', true],
  ['(a)\\10', 'aa0', true],
  ['\\x41\\u0042', 'ab', true],
  ['a\\.b\\-c\\_d', 'A.B-C_D', true],
  ['a{2,3}', 'aaa', true],
  ['a+?b??', 'aa', true],
  ['[]a]', ']', true],
  ['[\\w-]+', 'a-b', true],
  ['[\\w-.]+', 'a-b.c', true],
  ['[a-]', '-', true],
  ['[\\d\\]^]', '^', true],
  ['a]}', 'a]}', true],
  ['\\S+\\s\\D', 'ab c', true],
  ['😀', '😀', true],
  ['.', '😀', true],
  ['', '', true],
  ['', 'a', false],
])('%j for the name %j: %s', (source, name, expected) => {
  expect(matchesName(source, name)).toBe(expected);
});

describe('faults', () => {
  test.each<[string, number | undefined, string]>([
    ['a(b', 1, 'a ( that is never closed'],
    ['a)(b', 1, 'a ) without a ( before it'],
    ['(?i)a)', 5, 'a ) without a ( before it'],
    ['\\Qa\\E)', 5, 'a ) without a ( before it'],
    ['😀)', 2, 'a ) without a ( before it'],
    ['[ab', 0, 'a [ that is never closed'],
    ['*a', 0, 'a * that repeats nothing'],
    ['a|*', 2, 'a * that repeats nothing'],
    ['(?q)a', 0, 'a kind of group that Java does not know'],
    ['[z-a]', 1, 'a range whose end comes before its start'],
    ['a{x}', 1, 'a { that begins no repetition; write \\{ for the character'],
    ['a\\', 1, 'a \\ at the end'],
    ['a{3,2}', 1, 'a repetition whose bounds are in the wrong order'],
    ['a\\X', 1, '\\X, which has no counterpart; \\P{M}\\p{M}* comes close to it'],
    ['a\\p{Foo}', 1, 'a character property that is not known, "Foo"'],
    [
      '(?c)a',
      2,
      'the flag c (canonical equivalence), which has no counterpart; leave it out and write the characters composed',
    ],
    ['('.repeat(201), 200, 'more than 200 groups within each other'],
    ['(((x?){1000}){1000}){1000}', undefined, 'it runs too long on nothing'],
  ])('%j at %s: %s', (source, position, reason) => {
    expect(compileNameExpression(source)).toEqual({ ok: false, position, reason });
  });
});

test.each<[string, string, boolean]>([
  ['.*\\.example\\.org', 'a.example.org', true],
  ['.*\\.example\\.org', 'a.EXAMPLE.org', false],
  ['(?i).*\\.EXAMPLE\\.org', 'a.example.org', true],
  ['example', 'a.example', false],
])('%j for the route %j: %s', (source, url, expected) => {
  const outcome = compileRouteExpression(source);
  expect(outcome.ok && outcome.expression.test(url)).toBe(expected);
});

describe('any input', () => {
  const source = fc.oneof(
    anyText(),
    fc
      .array(
        fc.constantFrom(...'ab-[]^&(){}?*+|.$\\Qdpi<>=!:,12 #', '(?', '\\E', '\\p{L}', '&&', '(?<n>', '\\k<n>', '\\1'),
        {
          maxLength: 15,
        },
      )
      .map((parts) => parts.join('')),
  );

  test('compiles or names its fault, and agrees with itself', () => {
    fc.assert(
      fc.property(source, fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }), (text, names) => {
        const outcome = compileNameExpression(text);
        const again = compileNameExpression(text);
        if (!outcome.ok || !again.ok) {
          expect(outcome).toEqual(again);
          return;
        }
        again.expression.prepare(names);
        for (const name of names) expect(outcome.expression.test(name)).toBe(again.expression.test(name));
      }),
      propertyRuns(2000),
    );
  });

  test('quoted is found', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const outcome = compileRouteExpression(`\\Q${text.replaceAll('\\E', '')}\\E`);
        expect(outcome.ok && outcome.expression.test(text.replaceAll('\\E', ''))).toBe(true);
      }),
      propertyRuns(),
    );
  });
});
