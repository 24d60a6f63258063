import { expect, test } from 'vitest';
import { inventoryOf } from '../../test/support/discovery/selection.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import type { Scope } from '../foundation/plan.js';
import { perKind } from '../foundation/resources.js';
import type { Forgotten } from './judge-inventory.js';
import { judgeInventory, type RecallLimits } from './judge-inventory.js';

const HOUR = 3_600_000;
const NOW = 1_700_000_000_000;

function covering(answer: boolean): Scope {
  return { everything: true, choosePlan: () => ({ spaces: 'all' }), isCoveredBy: () => answer };
}

function stored(name: string, changes: Partial<DatedInventory> = {}): DatedInventory {
  return {
    inventory: { ...inventoryOf([]), foundation: name },
    apiOrigin: 'https://api.example.org',
    reader: { grant: 'password', name: 'collector' },
    readAtMs: perKind(() => NOW - HOUR),
    ...changes,
  };
}

const WANTED: Forgotten = {
  name: 'eu',
  apiOrigin: 'https://api.example.org',
  reader: { grant: 'password', name: 'collector' },
  scope: covering(true),
};
const LIMITS: RecallLimits = { nowMs: NOW, maxAgeMs: 24 * HOUR };

test.each<[string, readonly DatedInventory[], Partial<Forgotten>]>([
  ['all fits', [stored('eu')], {}],
  [
    'organizations, spaces and domains may be older',
    [stored('eu', { readAtMs: { ...perKind(() => NOW), spaces: 0 } })],
    {},
  ],
  ['it was called otherwise', [stored('default')], {}],
  ['another of the same API does not fit', [stored('eu', { readAtMs: perKind(() => 0) }), stored('old-eu')], {}],
  ['exactly as old as allowed', [stored('eu', { readAtMs: perKind(() => NOW - 24 * HOUR) })], {}],
  ['a clock was set back a little', [stored('eu', { readAtMs: perKind(() => NOW + HOUR) })], {}],
])('used: %s', (_, all, changes) => {
  const recalled = judgeInventory(all, { ...WANTED, ...changes }, LIMITS);
  expect(recalled).toMatchObject({ ok: true, dated: { inventory: { foundation: 'eu' } } });
});

test('of two for one API that of the name', () => {
  const readAtMs = perKind(() => NOW - 2 * HOUR);
  const recalled = judgeInventory([stored('us'), stored('eu', { readAtMs })], WANTED, LIMITS);
  expect(recalled).toMatchObject({ ok: true, ageMs: 2 * HOUR });
});

test.each<[string, readonly DatedInventory[], Partial<Forgotten>, string]>([
  ['there is none', [], {}, 'it holds nothing of https://api.example.org'],
  ['another API', [stored('eu')], { apiOrigin: 'https://api.other' }, 'it holds nothing of https://api.other'],
  [
    'another user',
    [stored('eu')],
    { reader: { grant: 'password', name: 'admin' } },
    'it is what user collector saw, and now user admin asks',
  ],
  [
    'a client of the name of a user',
    [stored('eu')],
    { reader: { grant: 'client_credentials', name: 'collector' } },
    'it is what user collector saw, and now client collector asks',
  ],
  ['wider rules', [stored('eu')], { scope: covering(false) }, 'the rules want spaces whose lists it does not hold'],
  ...(['apps', 'processes', 'routes'] as const).map(
    (kind) =>
      [
        `${kind} are too old`,
        [stored('eu', { readAtMs: { ...perKind(() => NOW), [kind]: NOW - 25 * HOUR } })],
        {},
        'it is 25 h old, more than promregator.cache.maxAge, 24 h',
      ] as [string, DatedInventory[], object, string],
  ),
  [
    'of a time that has yet to come',
    [stored('eu', { readAtMs: perKind(() => NOW + 25 * HOUR) })],
    {},
    'it is of a time 25 h ahead, more than promregator.cache.maxAge, 24 h',
  ],
])('not used: %s', (_, all, changes, reason) => {
  expect(judgeInventory(all, { ...WANTED, ...changes }, LIMITS)).toEqual({ ok: false, reason });
});
