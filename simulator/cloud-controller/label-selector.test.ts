import { expect, test } from 'vitest';
import { fulfils, parseLabelSelector } from './label-selector.js';

const labels = { env: 'prod', 'example.org/team': 'a', empty: '' };

test.each([
  ['env', true],
  ['!env', false],
  ['!other', true],
  ['env=prod', true],
  ['env==prod', true],
  ['env=test', false],
  ['env!=prod', false],
  ['other!=prod', true],
  ['env in (test,prod)', true],
  ['env notin (test,prod)', false],
  ['other notin (test)', true],
  ['example.org/team=a', true],
  ['env=prod,!env', false],
  ['env in (prod,test),example.org/team', true],
  ['empty=', true],
  ['toString', false],
])('%s', (selector, expected) => {
  const parsed = parseLabelSelector(selector);
  if (typeof parsed === 'string') throw new Error(parsed);
  expect(parsed.every((requirement) => fulfils(labels, requirement))).toBe(expected);
});
