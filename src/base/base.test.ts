import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { formatDuration } from './duration.js';
import { CodedError, describeError, errorCode, oneLine } from './errors.js';
import { Secret } from './secret.js';

describe('describeError', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  test.each([
    ['an error', new Error('one'), 'one'],
    [
      'its causes',
      new CodedError('x', 'listing apps', { cause: refused }),
      'listing apps: connect ECONNREFUSED 127.0.0.1:1',
    ],
    ['a cause that the sentence names already', new Error('a: b', { cause: new Error('b') }), 'a: b'],
    [
      'an aggregate without a sentence',
      new AggregateError([refused, new Error('two')]),
      'connect ECONNREFUSED 127.0.0.1:1, two',
    ],
    ['a text', 'boom', 'boom'],
    ['line breaks', new Error('a\r\nb\u0000c\u2028d'), 'a b c d'],
    ['marks of direction', new Error('a\u202eb\u2066\ufeffc'), 'a b c'],
  ])('says %s', (_, error, sentence) => {
    expect(describeError(error)).toBe(sentence);
  });

  test('ends on a circle of causes', () => {
    const error = new Error('round');
    error.cause = error;
    expect(describeError(error)).toBe('round');
  });

  test('codes are found where there are any', () => {
    expect([errorCode(refused), errorCode(new Error('x')), errorCode(null), errorCode({ code: 7 })]).toEqual([
      'ECONNREFUSED',
      undefined,
      undefined,
      undefined,
    ]);
    expect(oneLine('\u001b[31mred')).toBe('[31mred');
  });
});

test('a secret shows itself nowhere but by reveal', () => {
  const secret = new Secret('hunter2');
  const shown = [
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9 }),
    String(Object.values(secret)),
  ];
  expect(shown.join()).not.toContain('hunter2');
  expect(secret.reveal()).toBe('hunter2');
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [12_345, '12 s'],
  [300_000, '5 min'],
  [86_400_000, '24 h'],
])('%d ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
