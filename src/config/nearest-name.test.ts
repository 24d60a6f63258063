import { expect, test } from 'vitest';
import { editDistance, nearestName } from './nearest-name.js';

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['abc', 'abd', 1],
  ['abc', 'acb', 1],
  ['abc', 'xabc', 1],
  ['prot', 'port', 1],
  ['kitten', 'sitting', 3],
])('from %j to %j are %d steps', (a, b, steps) => {
  expect([editDistance(a, b), editDistance(b, a)]).toEqual([steps, steps]);
});

test.each([
  ['hostnam', 'hostname'],
  ['PORT', 'port'],
  ['xyz', undefined],
  ['x'.repeat(1000), undefined],
])('%j means %j', (written, meant) => {
  expect(nearestName(written, ['port', 'hostname', 'scheme'])).toBe(meant);
});
