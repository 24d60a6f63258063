import { describe, expect, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { type Allowance, createAllowanceWindow, readAllowance } from './allowance.js';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const RESET = String(NOW / 1000 + 600);

describe('X-RateLimit-*', () => {
  test.each<[string, Readonly<Record<string, string>>, Allowance | undefined]>([
    ['all three', headers('2000', '1800', RESET), { limit: 2_000, remaining: 1_800, resetInMs: 600_000 }],
    ['nothing left', headers('2000', '0', RESET), { limit: 2_000, remaining: 0, resetInMs: 600_000 }],
    ['more left than allowed', headers('2000', '3000', RESET), { limit: 2_000, remaining: 2_000, resetInMs: 600_000 }],
    ['seconds from now in place of a time', headers('10', '1', '60'), { limit: 10, remaining: 1, resetInMs: 60_000 }],
    [
      'our clock ten minutes ahead',
      { ...headers('10', '1', RESET), date: 'Sun, 22 Nov 2026 09:50:00 GMT' },
      { limit: 10, remaining: 1, resetInMs: 1_200_000 },
    ],
    [
      'a Date that is none',
      { ...headers('10', '1', RESET), date: 'soon' },
      { limit: 10, remaining: 1, resetInMs: 600_000 },
    ],
    ['a window of days', headers('10', '1', '4000000000'), { limit: 10, remaining: 1, resetInMs: 86_400_000 }],
    ['a window that is over', headers('10', '1', String(NOW / 1000)), undefined],
    ['no limit', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': RESET }, undefined],
    ['a limit of nothing', headers('0', '0', RESET), undefined],
    ['no remaining', { 'x-ratelimit-limit': '1', 'x-ratelimit-reset': RESET }, undefined],
    ['no reset', { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '1' }, undefined],
    ['words', headers('many', 'some', 'soon'), undefined],
    ['negative', headers('10', '-1', RESET), undefined],
    ['none, as for administrators', {}, undefined],
  ])('%s', (_, given, expected) => {
    expect(readAllowance(given, NOW)).toEqual(expected);
  });
});

function headers(limit: string, remaining: string, reset: string): Readonly<Record<string, string>> {
  return { 'x-ratelimit-limit': limit, 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': reset };
}

describe('the window that runs', () => {
  const learned = (remaining: number, resetInMs: number): Allowance => ({ limit: 2_000, remaining, resetInMs });

  test.each<[string, readonly (Allowance | number)[], number | undefined, number | undefined]>([
    ['one answer', [learned(1_800, 600_000)], 1_800, 600_000],
    ['two servers that count apart: the lower counts', [learned(400, 600_000), learned(1_800, 600_000)], 400, 600_000],
    ['falling', [learned(1_800, 600_000), 1_000, learned(400, 599_000)], 400, 599_000],
    ['servers with clocks of their own', [learned(400, 600_000), learned(1_800, 630_000)], 400, 600_000],
    ['the next window', [learned(0, 10_000), 5_000, learned(1_800, 3_605_000)], 1_800, 3_605_000],
    ['over', [learned(0, 10_000), 10_000], undefined, undefined],
    ['over, and learned anew', [learned(0, 10_000), 10_000, learned(1_800, 20_000)], 1_800, 20_000],
  ])('%s', (_, events, remaining, resetInMs) => {
    const clock = manualClock();
    const window = createAllowanceWindow(clock);
    for (const event of events) {
      if (typeof event === 'number') clock.advance(event);
      else window.learn(event);
    }
    expect([window.current?.remaining, window.current?.resetInMs]).toEqual([remaining, resetInMs]);
  });
});
