import { describe, expect, test } from 'vitest';
import { appIn, processOf, routeTo, smallWorld, type World } from '../../test/support/foundation/scripted-lister.js';
import type { Inventory, Plan } from './inventory.js';
import { EVERYTHING, samePlan } from './plan.js';
import { findUnresolved, findUnrouted } from './unresolved.js';

function byGuid<T extends { readonly guid: string }>(elements: readonly T[]): ReadonlyMap<string, T> {
  return new Map(elements.map((element) => [element.guid, element]));
}

function inventoryOf(world: World, plan: Plan = EVERYTHING): Inventory {
  return {
    foundation: 'default',
    plan,
    organizations: byGuid(world.organizations),
    spaces: byGuid(world.spaces),
    apps: byGuid(world.apps),
    processes: byGuid(world.processes),
    routes: byGuid(world.routes),
    domains: byGuid(world.domains),
  };
}

const NARROW: Plan = { spaces: new Set(['s1', 's2']) };

describe('findUnresolved', () => {
  test.each<[string, (world: World) => Partial<World>, Plan, readonly string[]]>([
    ['nothing', () => ({}), EVERYTHING, []],
    ['an organization', () => ({ organizations: [] }), EVERYTHING, ['organizations o1']],
    ['a space', (world) => ({ spaces: world.spaces.slice(1) }), EVERYTHING, ['spaces s1']],
    ['a domain', () => ({ domains: [] }), EVERYTHING, ['domains d1']],
    [
      'an application of a process',
      (world) => ({ processes: [...world.processes, processOf('a3', 's1')] }),
      NARROW,
      ['apps a3'],
    ],
    [
      'an application of a route',
      (world) => ({ routes: [...world.routes, routeTo('a3', 's1')] }),
      EVERYTHING,
      ['apps a3'],
    ],
    [
      'but not of a route that may lead to other spaces',
      (world) => ({ routes: [...world.routes, routeTo('a3', 's1')] }),
      NARROW,
      [],
    ],
    [
      'process and route of a started application',
      (world) => ({ apps: [...world.apps, appIn('a3', 's1')] }),
      EVERYTHING,
      ['processes a3', 'routes a3'],
    ],
    [
      'but not of a stopped one',
      (world) => ({ apps: [...world.apps, { ...appIn('a3', 's1'), state: 'STOPPED' }] }),
      EVERYTHING,
      [],
    ],
  ])('%s', (_, change, plan, missing) => {
    const world = smallWorld();
    expect([...findUnresolved(inventoryOf({ ...world, ...change(world) }, plan)).keys()].sort()).toEqual(missing);
  });
});

describe('findUnrouted', () => {
  test.each<[string, (world: World) => Partial<World>, readonly string[]]>([
    ['none', () => ({}), []],
    ['one', (world) => ({ routes: world.routes.slice(1) }), ['a1']],
    [
      'not a stopped one',
      (world) => ({ routes: [], apps: [{ ...appIn('a1', 's1'), state: 'STOPPED' }, ...world.apps.slice(1)] }),
      ['a2'],
    ],
    [
      'not one of no instances',
      (world) => ({ routes: [], processes: [processOf('a1', 's1', 0), ...world.processes.slice(1)] }),
      ['a2'],
    ],
    ['not one without process', (world) => ({ routes: [], processes: world.processes.slice(1) }), ['a2']],
  ])('%s', (_, change, guids) => {
    const { apps, processes, routes } = inventoryOf({ ...smallWorld(), ...change(smallWorld()) });
    expect(findUnrouted(apps, processes, routes)).toEqual(guids);
  });
});

test.each<[Plan, Plan, boolean]>([
  [EVERYTHING, { spaces: 'all' }, true],
  [EVERYTHING, NARROW, false],
  [NARROW, EVERYTHING, false],
  [NARROW, { spaces: new Set(['s2', 's1']) }, true],
  [NARROW, { spaces: new Set(['s1', 's3']) }, false],
  [NARROW, { spaces: new Set(['s1']) }, false],
  [{ spaces: new Set() }, { spaces: new Set() }, true],
])('%j and %j are the same plan: %s', (one, other, same) => {
  expect(samePlan(one, other)).toBe(same);
});
