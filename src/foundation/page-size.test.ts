import { describe, expect, test } from 'vitest';
import { createPageSizes, type PageSizes } from './page-size.js';
import type { ResourceKind } from './resources.js';

/** `l` a late page, `a` an answered one, `c` a complete reading (of one page). */
function play(sizes: PageSizes, events: string, kind: ResourceKind = 'apps'): void {
  for (const event of events) {
    if (event === 'l') sizes.late(kind);
    else sizes.answered(kind);
    if (event === 'c') sizes.completed(kind);
  }
}

describe('configured sizes', () => {
  test.each<[number, ResourceKind, number]>([
    [1_000, 'apps', 1_000],
    [1_000, 'spaces', 2_000],
    [1_000, 'organizations', 2_000],
    [3_000, 'spaces', 5_000],
    [9_000, 'routes', 5_000],
  ])('%d: %s by %d', (usual, kind, size) => {
    expect(createPageSizes(usual).of(kind)).toBe(size);
  });
});

const TEN = 'c'.repeat(10);

test.each<[string, string, number]>([
  ['one late page', 'l', 500],
  ['many of them with no answer between', 'llllll', 500],
  ['late, answered, late', 'lal', 250],
  ['again and again', 'lalalalalalalal', 50],
  ['nine complete readings', `l${'c'.repeat(9)}`, 500],
  ['ten', `l${TEN}`, 1_000],
  ['late again: the ten begin anew', `l${'c'.repeat(9)}l${'c'.repeat(9)}`, 250],
  ['twenty, one step for each ten', `lal${TEN}`, 500],
  ['and to the configured size at last', `lal${TEN}${TEN}`, 1_000],
  ['never above it', TEN.repeat(5), 1_000],
  ['grown too far', `lal${TEN}l`, 250],
  ['grown too far, then silence', `lal${TEN}lll`, 250],
  ['answers of pages without an end of the list', `l${'a'.repeat(30)}`, 500],
])('%s (%s): pages of %d', (_, events, size) => {
  const sizes = createPageSizes(1_000);
  play(sizes, events);
  expect(sizes.of('apps')).toBe(size);
  expect(sizes.of('routes'), 'each kind for itself').toBe(1_000);
});

test('an odd size comes back to the configured one, never past it', () => {
  const sizes = createPageSizes(181);
  play(sizes, 'lal');
  expect(sizes.of('apps')).toBe(50);
  play(sizes, TEN);
  expect(sizes.of('apps')).toBe(100);
  play(sizes, TEN);
  expect(sizes.of('apps')).toBe(181);
});

test('late tells the new size, or nothing when it stays', () => {
  const sizes = createPageSizes(60);
  expect([sizes.late('apps'), sizes.late('apps')]).toEqual([50, undefined]);
  sizes.answered('apps');
  expect(sizes.late('apps')).toBe(undefined);
});
