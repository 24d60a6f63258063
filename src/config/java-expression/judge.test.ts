import { describe, expect, test } from 'vitest';
import { createJudge } from './judge.js';

const HOSTILE = `${'a'.repeat(40)}b`;

function judgeOf(pattern: RegExp, work: number): ReturnType<typeof createJudge> & { readonly asked: string[] } {
  const asked: string[] = [];
  const matches = (subject: string): boolean => {
    asked.push(subject);
    return pattern.test(subject);
  };
  return { ...createJudge(matches, work), asked };
}

describe('an expression that may run long', () => {
  test('is interrupted on a hostile name, which does not match and is named once', () => {
    const judge = judgeOf(/^(?:a+)+$/, Number.POSITIVE_INFINITY);
    expect([judge.test('aaa'), judge.test(HOSTILE), judge.test(HOSTILE), judge.test('b')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(judge.takeInterrupted()).toEqual([HOSTILE]);
    expect(judge.takeInterrupted()).toEqual([]);
  });

  test('is asked about a name once', () => {
    const judge = judgeOf(/^(?:a+)+$/, Number.POSITIVE_INFINITY);
    for (let round = 0; round < 3; round += 1) expect([judge.test('aa'), judge.test('ab')]).toEqual([true, false]);
    expect(judge.asked).toEqual(['aa', 'ab']);
  });

  test('is asked about many names at once, of which a hostile one spoils none', () => {
    const judge = judgeOf(/^(?:a+)+$/, Number.POSITIVE_INFINITY);
    const names = [...Array.from({ length: 2500 }, (_, n) => 'a'.repeat(1 + (n % 20))), HOSTILE, 'aab', 'aaaa'];
    judge.prepare(names);
    expect(names.filter((name) => !judge.test(name))).toEqual([HOSTILE, 'aab']);
    expect(judge.takeInterrupted()).toEqual([HOSTILE]);
  });

  test('is interrupted, too, where the estimate holds for shorter names only', () => {
    const judge = judgeOf(/^(?:a+)+$/, 1);
    expect(judge.test(HOSTILE.padStart(300, 'a'))).toBe(false);
    expect(judge.takeInterrupted()).toHaveLength(1);
  });
});

test('a harmless expression is asked each time', () => {
  const judge = judgeOf(/^a$/, 1);
  judge.prepare(['a', 'b']);
  expect([judge.test('a'), judge.test('b'), judge.test('a')]).toEqual([true, false, true]);
  expect(judge.asked).toEqual(['a', 'b', 'a']);
});

test('an error of the expression itself goes on', () => {
  const judge = createJudge(() => {
    throw new SyntaxError('too large');
  }, Number.POSITIVE_INFINITY);
  expect(() => judge.test('a')).toThrow('too large');
});
