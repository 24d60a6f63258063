import { describe, expect, test } from 'vitest';
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
    ['[ab', 0, 'a [ that is never closed'],
    ['*a', 0, 'a * that repeats nothing'],
    ['a|*', 2, 'a * that repeats nothing'],
    ['a++', 2, 'a possessive repetition, which this version does not support yet'],
    ['(?>a)', 0, 'a kind of group that this version does not support yet'],
    ['a(?i)b', 1, 'a kind of group that this version does not support yet'],
    ['\\Qa\\E', 0, '\\Q, which this version does not support yet'],
    ['[a&&b]', 2, 'a class within a class, which this version does not support yet'],
    ['[a[b]]', 2, 'a class within a class, which this version does not support yet'],
    ['[z-a]', 1, 'a range whose end comes before its start'],
    ['a{x}', 1, 'a { that begins no repetition; write \\{ for the character'],
    ['a\\', 1, 'a \\ at the end'],
    ['a{3,2}', undefined, 'numbers out of order in {} quantifier'],
    ['\\1', undefined, 'invalid escape'],
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
