import { describe, expect, test } from 'vitest';
import { type Characters, nameInBraces } from './name-in-braces.js';

describe('nameInBraces', () => {
  test.each([
    ['{"a"} 1', 'a'],
    ['{ "a"\t,b="c"} 1', 'a'],
    ['{b="c","a"} 1', 'a'],
    ['{b = "c" , "a" } 1', 'a'],
    ['{"b"="c","a"} 1', 'a'],
    ['{b="\\"}\\\\","a"} 1', 'a'],
    ['{"a\\"b"}', 'a\\"b'],
    ['{b="c"} "a"} 1', undefined],
    ['{"a" 1', undefined],
    ['{"a', undefined],
    ['{"a\\', undefined],
    ['{b=c,"a"}', undefined],
    ['{b,"a"}', 'a'],
    ['{,"a"}', undefined],
    ['{=', undefined],
    ['{}', undefined],
    ['{', undefined],
    ['', undefined],
  ])('%j', (line, name) => {
    expect(nameInBraces(line)).toBe(name);
  });
});

/** Lines on which an expression that tries again would cost the square of their length. */
describe('twice the line is at most twice the work', () => {
  test.each<[string, string, string]>([
    ['blanks', '{x', ' '],
    ['blanks behind a quoted text', '{"x"', '\t'],
    ['blanks behind a value', '{x="y"', ' '],
    ['blanks before a value', '{x=', ' '],
    ['quotes', '{', '"'],
    ['quotes in pairs', '{', '"",'],
    ['backslashes', '{"', '\\'],
    ['backslashes and quotes', '{"', '\\"'],
    ['braces', '{', '{'],
    ['closing braces', '{', '}'],
    ['labels', '{', 'a="b",'],
    ['labels without value', '{', 'a , '],
    ['a long name', '{', 'a'],
  ])('%s', (_, head, filling) => {
    const once = readsOf(`${head}${filling.repeat(50_000)}promregator_`);
    const twice = readsOf(`${head}${filling.repeat(100_000)}promregator_`);
    expect(once).toBeGreaterThan(0);
    expect(twice).toBeLessThanOrEqual(2 * once + 50);
  });
});

function readsOf(line: string): number {
  let reads = 0;
  const counting: Characters = {
    length: line.length,
    slice: (start, end) => line.slice(start, end),
    charCodeAt(at) {
      reads += 1;
      return line.charCodeAt(at);
    },
  };
  nameInBraces(counting);
  return reads;
}
