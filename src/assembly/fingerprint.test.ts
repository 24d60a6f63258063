import { expect, test } from 'vitest';
import { Secret } from '../base/secret.js';
import { fingerprint } from './fingerprint.js';

const OPTIONS = { a: 1, list: ['x', undefined], secret: new Secret('one'), map: new Map([['k', new Secret('two')]]) };

test('equal options have one, whatever the order of their names', () => {
  const same = { map: new Map([['k', new Secret('two')]]), secret: new Secret('one'), list: ['x', undefined], a: 1 };
  expect(fingerprint(same)).toBe(fingerprint(OPTIONS));
});

test.each<[string, unknown]>([
  ['a number', { ...OPTIONS, a: 2 }],
  ['a secret', { ...OPTIONS, secret: new Secret('other') }],
  ['a secret in a map', { ...OPTIONS, map: new Map([['k', new Secret('other')]]) }],
  ['a text in place of a secret', { ...OPTIONS, secret: 'one' }],
  ['the order of a list', { ...OPTIONS, list: [undefined, 'x'] }],
  ['null in place of nothing', { ...OPTIONS, list: ['x', null] }],
  ['a set', { ...OPTIONS, list: new Set(['x', undefined]) }],
])('another one: %s', (_, other) => {
  expect(fingerprint(other)).not.toBe(fingerprint(OPTIONS));
});

test('holds no secret', () => {
  expect(fingerprint({ secret: new Secret('hunter2') })).not.toContain('hunter2');
});

test('a function has none', () => {
  expect(() => fingerprint({ f: () => 1 })).toThrow(TypeError);
});
