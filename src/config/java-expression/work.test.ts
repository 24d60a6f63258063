import { describe, expect, test } from 'vitest';
import { translateExpression } from './translate.js';

function workOf(source: string): number {
  return translateExpression(source, new Set(['i'])).work;
}

describe('work on a hostile name', () => {
  test.each([
    'prod',
    '.*-prod',
    '^(?!.*test).*-prod',
    '(dev|test|prod)-.*',
    'orders-.*-[0-9]+',
    '([a-z]+-)*prod',
    '[^.]+(\\.[^.]+)*',
    '(?>.*-)*prod',
    '.*+',
    '[a-z]++(-[a-z]++)*+',
  ])('%s: is no matter', (source) => {
    expect(workOf(source)).toBeLessThan(400_000);
  });

  test.each([
    '(a+)+',
    '(a|a)*b',
    '(.*-)+dev',
    '(a|ab)*c',
    '([a-z0-9]+-?)+x',
    '(a?){40}a{40}',
    '(.*)\\1(.*)\\2.*x',
    '.*.*.*.*x',
  ])('%s: is watched', (source) => {
    expect(workOf(source)).toBeGreaterThan(20_000_000);
  });
});
