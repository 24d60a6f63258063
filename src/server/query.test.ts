import { expect, test } from 'vitest';
import type { Directory } from '../discovery/directory.js';
import { readAskedPart } from './query.js';

const counts = { organizations: 0, spaces: 0, applications: 0, instances: 0 };
const directory: Directory = {
  ...{ foundations: ['a', 'b'], targets: [], byKey: new Map(), leftOut: [], ignoredWishes: [], warnings: [] },
  rules: [
    { rule: 'orders', foundation: undefined, ...counts },
    { rule: 'promregator.targets[1]', foundation: 'a', ...counts },
    { rule: '0', foundation: 'late', ...counts },
  ],
};
const current = { directory, missing: new Set(['late']), whole: 'ready' } as const;
const none = { foundations: [], rules: [], organizations: [], spaces: [], applications: [] };

test.each<[string, object | undefined]>([
  ['', undefined],
  ['foundation=a', { foundations: ['a'] }],
  ['foundation=a&foundation=b&org=x', { foundations: ['a', 'b'], organizations: ['x'] }],
  ['rule=orders', { rules: ['orders'] }],
  ['rule=promregator.targets[0]', { rules: ['orders'] }],
  ['rule=promregator.targets%5B1%5D', { rules: ['promregator.targets[1]'] }],
  ['rule=1&rule=orders', { rules: ['promregator.targets[1]', 'orders'] }],
  ['space=x&application=y&application=', { spaces: ['x'], applications: ['y', ''] }],
])('%s', (query, filter) => {
  expect(readAskedPart(query, current)).toEqual({
    kind: 'part',
    directory,
    filter: filter === undefined ? undefined : { ...none, ...filter },
  });
});

test.each([
  ['foundation=c', "'c' is no foundation; there are a, b, late."],
  ['foundation=A', "'A' is no foundation; there are a, b, late."],
  ['foundation=', "'' is no foundation; there are a, b, late."],
  ['foundation=late&foundation=c', "'c' is no foundation; there are a, b, late."],
  ['rule=3', "'3' is no rule; there are orders, promregator.targets[1], 0."],
  ['rule=targets[0]', "'targets[0]' is no rule; there are orders, promregator.targets[1], 0."],
  ['rule=a%0d%0ab', "'a b' is no rule; there are orders, promregator.targets[1], 0."],
  [
    'rules=orders',
    "'rules' is no parameter here; there are foundation, rule, org, space, application, each repeatable.",
  ],
])('%s is refused', (query, problem) => {
  expect(readAskedPart(query, current)).toEqual({ kind: 'bad_request', problem });
});

test.each([
  ['foundation=late', 'late'],
  ['foundation=a&foundation=late', 'late'],
  ['rule=0', 'late'],
  ['rule=promregator.targets[2]&foundation=a', 'late'],
])('%s has to wait', (query, foundation) => {
  expect(readAskedPart(query, current)).toEqual({ kind: 'not_ready', foundation });
});

test('before there is a directory everything has to wait, but not for what is misspelt', () => {
  const nothing = { directory: undefined, missing: new Set<string>(), whole: 'withheld' } as const;
  expect(readAskedPart('rule=x', nothing)).toEqual({ kind: 'not_ready', foundation: undefined });
  expect(readAskedPart('rulez=x', nothing)).toMatchObject({ kind: 'bad_request' });
});

test.each([
  ['', 'not_ready'],
  ['org=x', 'not_ready'],
  ['rule=orders', 'not_ready'],
  ['foundation=a', 'part'],
  ['foundation=late', 'not_ready'],
])('while the whole is withheld, %s is answered with %s', (query, kind) => {
  expect(readAskedPart(query, { ...current, whole: 'withheld' }).kind).toBe(kind);
});

test('of many names the first are told', () => {
  const rules = Array.from({ length: 25 }, (_, n) => ({ rule: `r${n}`, foundation: undefined, ...counts }));
  expect(readAskedPart('rule=x', { ...current, directory: { ...directory, rules } })).toMatchObject({
    problem: expect.stringMatching(/r19 and 5 more\.$/),
  });
});

test.each<[string, 'part' | 'not_ready']>([
  ['', 'not_ready'],
  ['org=x', 'not_ready'],
  ['rule=orders', 'not_ready'],
  ['rule=1&rule=orders', 'not_ready'],
  ['rule=1', 'part'],
  ['foundation=a', 'part'],
  ['foundation=late', 'not_ready'],
])('while the whole is withheld, "%s" is %s', (query, kind) => {
  expect(readAskedPart(query, { ...current, whole: 'withheld' })).toMatchObject({ kind });
});
