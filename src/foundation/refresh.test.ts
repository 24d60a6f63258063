import { describe, expect, test } from 'vitest';
import { type RecordedLog, recordedLog } from '../../test/support/foundation/recorded-log.js';
import {
  appIn,
  processOf,
  routeTo,
  type ScriptedLister,
  scriptedLister,
  smallWorld,
  type World,
} from '../../test/support/foundation/scripted-lister.js';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { deferred } from '../../test/support/outbound/ask.js';
import { ApiError } from './api-error.js';
import type { DatedInventory } from './dated-inventory.js';
import type { Inventory } from './inventory.js';
import { decodeInventories, encodeInventories } from './inventory-file.js';
import type { Scope } from './plan.js';
import { createRefresher, type Refresher } from './refresh.js';
import { perKind, RESOURCE_KINDS, type ResourceKind } from './resources.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const REFRESH_MS = {
  organizations: HOUR,
  spaces: HOUR,
  domains: HOUR,
  apps: MINUTE,
  processes: MINUTE,
  routes: MINUTE,
} as const;

const WHOLE: Scope = { everything: true, choosePlan: () => ({ spaces: 'all' }), isCoveredBy: () => true };

/** Wants the spaces of these names, which in the small world are their guids. */
function wanting(...names: readonly string[]): Scope & { names: readonly string[] } {
  const scope = {
    everything: false,
    names,
    choosePlan: (_: unknown, spaces: ReadonlyMap<string, { readonly name: string }>) => ({
      spaces: new Set([...spaces].filter(([, space]) => scope.names.includes(space.name)).map(([guid]) => guid)),
    }),
    isCoveredBy: () => true,
  };
  return scope;
}

interface Started extends ScriptedLister {
  readonly refresher: Refresher;
  readonly clock: ManualClock;
  readonly logged: RecordedLog;
  readonly inventories: Inventory[];
  readonly listed: string[];
  /** Moves time on and lets what is due run to its end. */
  after(ms: number): Promise<void>;
  /** A refresh from its call to its end. */
  demand(...kinds: readonly ResourceKind[]): Promise<void>;
  /** What was asked since the last call of this. */
  news(): string[];
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

function create(scope: Scope = WHOLE, world = smallWorld(), known?: Inventory): Started {
  const scripted = scriptedLister(world);
  const clock = manualClock();
  const logged = recordedLog();
  const inventories: Inventory[] = [];
  const listed: string[] = [];
  const refresher = createRefresher({
    foundation: 'default',
    lister: scripted.lister,
    scope,
    refreshMs: REFRESH_MS,
    backoffMs: 1_000,
    clock,
    random: () => 0.5,
    log: logged.log,
    observe: {
      listed: (kind, result) => listed.push(`${kind} ${result}`),
      shrunk: (kind, result) => listed.push(`${kind} shrunk ${result}`),
    },
    shrinkShares: perKind(() => 0.5),
    known: () => known,
    onInventory: (inventory) => inventories.push(inventory),
  });
  return Object.assign(scripted, {
    refresher,
    clock,
    logged,
    inventories,
    listed,
    after: async (ms: number) => {
      clock.advance(ms);
      await settle();
    },
    demand: async (...kinds: readonly ResourceKind[]) => {
      const refreshed = refresher.refresh(kinds);
      clock.advance(0);
      await refreshed;
    },
    news: () => scripted.asked.splice(0),
  });
}

async function started(scope: Scope = WHOLE, world = smallWorld()): Promise<Started> {
  const all = create(scope, world);
  all.refresher.start();
  await all.after(0);
  return all;
}

const NO = new ApiError('api_unreachable', 'no answer');

describe('the first inventory', () => {
  test('everything: six lists at once, then the inventory', async () => {
    const all = create();
    const gate = deferred<void>();
    all.gate = gate.promise;
    all.refresher.start();
    await all.after(0);
    expect(all.asked.sort()).toEqual([...RESOURCE_KINDS].sort());
    expect(all.refresher.inventory).toBe(undefined);
    gate.resolve();
    await settle();
    expect(all.refresher.inventory).toBe(all.inventories[0]);
    expect(all.inventories.map(({ apps, plan }) => [apps.size, plan])).toEqual([[2, { spaces: 'all' }]]);
  });

  test('narrowed: organizations and spaces first, then what lies in the spaces, then their routes', async () => {
    const all = await started(wanting('s1'));
    expect(all.asked).toEqual([
      'domains',
      'organizations',
      'spaces',
      'apps space_guids=s1',
      'processes space_guids=s1',
      'routes space_guids=s1',
    ]);
    expect([...(all.refresher.inventory?.apps.keys() ?? [])]).toEqual(['a1']);
  });

  test.each(RESOURCE_KINDS)('only when all six are there: not without %s', async (kind) => {
    for (const scope of [WHOLE, wanting('s1')]) {
      const all = create(scope);
      all.failing.set(kind, NO);
      all.refresher.start();
      await all.after(0);
      expect([all.inventories, all.refresher.inventory]).toEqual([[], undefined]);
      expect(all.refresher.lists[kind]).toMatchObject({
        failures: 1,
        error: NO,
        elements: undefined,
        ageMs: undefined,
      });
      all.failing.clear();
      await all.after(2_000);
      expect(all.inventories.length).toBe(1);
    }
  });

  test('an empty foundation is complete', async () => {
    const none = { organizations: [], spaces: [], apps: [], processes: [], routes: [], domains: [] };
    const all = await started(WHOLE, none);
    expect(all.refresher.inventory?.apps.size).toBe(0);
  });

  test('nothing is asked before start', async () => {
    const all = create();
    await all.after(HOUR);
    expect(all.asked).toEqual([]);
  });
});

describe('each kind on its interval', () => {
  test('three lists a minute, all six in the hour', async () => {
    const all = await started();
    all.news();
    await all.after(MINUTE);
    expect(all.news().sort()).toEqual(['apps', 'processes', 'routes']);
    for (let minute = 2; minute < 47; minute += 1) await all.after(MINUTE);
    expect(new Set(all.news())).toEqual(new Set(['apps', 'processes', 'routes']));
    for (let minute = 47; minute <= 61; minute += 1) await all.after(MINUTE);
    expect(
      all
        .news()
        .filter((kind) => ['organizations', 'spaces', 'domains'].includes(kind))
        .sort(),
    ).toEqual(['domains', 'organizations', 'spaces']);
  });

  test('never two at once, however long one takes', async () => {
    const all = await started();
    const gate = deferred<void>();
    all.gate = gate.promise;
    await all.after(MINUTE);
    all.news();
    await all.after(10 * MINUTE);
    expect(all.news()).toEqual([]);
    gate.resolve();
    await settle();
    await all.after(MINUTE);
    expect(all.news().length).toBe(3);
  });

  test('what did not change is not published', async () => {
    const all = await started();
    await all.after(MINUTE);
    expect(all.inventories.length).toBe(1);
    all.world.processes = [processOf('a1', 's1', 3), processOf('a2', 's2')];
    await all.after(MINUTE);
    expect(all.inventories.map(({ processes }) => processes.get('a1')?.instances)).toEqual([1, 3]);
  });

  test('ages are told', async () => {
    const all = await started();
    await all.after(30_000);
    expect(all.refresher.lists.apps).toEqual({
      ageMs: 30_000,
      elements: 2,
      failures: 0,
      error: undefined,
      requestsPerHour: 60,
    });
  });
});

describe('a failing list', () => {
  test('keeps what it said last; the others go on', async () => {
    const all = await started();
    all.failing.set('apps', NO);
    all.world.apps = [];
    all.world.processes = [processOf('a1', 's1', 5), processOf('a2', 's2')];
    await all.after(MINUTE);
    expect(all.refresher.inventory?.apps.size).toBe(2);
    expect(all.refresher.inventory?.processes.get('a1')?.instances).toBe(5);
    expect(all.refresher.lists.apps).toMatchObject({ failures: 1, error: NO, elements: 2 });
    expect(all.listed.filter((each) => each.startsWith('apps'))).toEqual(['apps success', 'apps failure']);
    expect(all.logged.count('lists could not be read')).toBe(1);
  });

  test('is asked again with growing pauses, alone, until it can be read', async () => {
    const all = await started();
    all.failing.set('apps', NO);
    await all.after(MINUTE);
    all.news();
    const at: number[] = [];
    for (let second = 1; second <= 20; second += 1) {
      await all.after(1_000);
      if (all.news().includes('apps')) at.push(second);
    }
    // 1.25, 2.5, 5, 10 s with half of the jitter.
    expect(at).toEqual([2, 5, 10, 20]);
    all.failing.clear();
    await all.after(MINUTE);
    expect(all.refresher.lists.apps.failures).toBe(0);
    expect(all.logged.count('can be read now')).toBe(1);
  });

  test('that asks for time gets it', async () => {
    const all = await started();
    all.failing.set('apps', new ApiError('api_status', 'slow down', { status: 429, retryAfterMs: 10 * MINUTE }));
    await all.after(MINUTE);
    all.news();
    for (let minute = 1; minute < 10; minute += 1) await all.after(MINUTE);
    expect(all.news()).not.toContain('apps');
    await all.after(MINUTE);
    expect(all.news()).toContain('apps');
  });

  test('of spaces leaves the narrowed lists to the plan in force', async () => {
    const all = await started(wanting('s1'));
    all.failing.set('spaces', NO);
    all.failing.set('organizations', NO);
    all.news();
    await all.demand('apps');
    expect(all.news()).toContain('apps space_guids=s1');
  });

  test.each([
    ['api_status', ' WARN '],
    ['api_unreachable', ' WARN '],
    ['login_refused', ' DEBUG '],
    ['login_failed', ' DEBUG '],
  ] as const)('by %s is told once, at%s, with the id of its request', async (code, level) => {
    const all = await started();
    all.failing.set('apps', new ApiError(code, 'said no', { requestId: 'abc::def' }));
    await all.after(MINUTE);
    const lines = all.logged.lines.filter((line) => line.includes('said no'));
    expect(lines.length).toBe(1);
    expect(lines[0]?.toUpperCase()).toContain(level);
    expect(lines[0]).toContain('abc::def');
  });

  test('an error that is none of ours does not stop the rounds', async () => {
    const all = await started();
    all.failing.set('apps', new TypeError('oops'));
    await all.after(MINUTE);
    expect(all.refresher.lists.apps.error?.message).toContain('oops');
    all.failing.clear();
    await all.after(MINUTE);
    expect(all.refresher.lists.apps.failures).toBe(0);
  });
});

describe('a list that has lost much', () => {
  const many = (count: number): ReturnType<typeof smallWorld> => ({
    ...smallWorld(),
    apps: Array.from({ length: count }, (_, n) => appIn(`a${n + 1}`, 's1')),
  });

  test('is read again at once; what the second reading says is in force', async () => {
    const all = await started(WHOLE, many(10));
    all.world.apps = all.world.apps.slice(0, 2);
    all.news();
    await all.after(MINUTE);
    expect(all.news().filter((kind) => kind === 'apps').length).toBe(2);
    expect(all.refresher.inventory?.apps.size).toBe(2);
    expect(all.listed).toContain('apps shrunk confirmed');
  });

  test('is what it was when the second reading says so', async () => {
    const all = await started(WHOLE, many(10));
    const whole = all.world.apps;
    all.world.apps = [];
    all.onAsked = (question) => {
      if (question === 'apps' && all.asked.filter((each) => each === 'apps').length === 2) all.world.apps = whole;
    };
    all.news();
    await all.after(MINUTE);
    expect(all.refresher.inventory?.apps.size).toBe(10);
    expect(all.listed).toContain('apps shrunk refuted');
  });

  test('of which two readings differ keeps the old one in force', async () => {
    const all = await started(WHOLE, many(100));
    all.world.apps = all.world.apps.slice(0, 40);
    all.onAsked = (question) => {
      if (question === 'apps') all.world.apps = all.world.apps.slice(0, all.world.apps.length / 2);
    };
    await all.after(MINUTE);
    expect(all.refresher.inventory?.apps.size).toBe(100);
    expect(all.refresher.lists.apps).toMatchObject({ failures: 1, elements: 100 });
    expect(all.refresher.lists.apps.error?.code).toBe('list_incomplete');
  });

  test('by another plan is no loss', async () => {
    const scope = wanting('s1', 's2');
    const all = await started(scope, many(10));
    scope.names = ['s2'];
    all.news();
    await all.demand('spaces');
    expect(all.news()).toEqual(['spaces', 'apps space_guids=s2', 'processes space_guids=s2', 'routes space_guids=s2']);
    expect(all.refresher.inventory?.apps.size).toBe(0);
  });

  test.each<[string, Scope, number]>([
    ['a first reading is held against what was known before', WHOLE, 2],
    ['unless that was asked for by another plan', wanting('s1'), 1],
  ])('%s', async (_, scope, readings) => {
    const earlier = (await started(WHOLE, many(10))).refresher.inventory;
    const all = create(scope, many(1), earlier);
    all.refresher.start();
    await all.after(0);
    expect(all.asked.filter((question) => question.startsWith('apps')).length).toBe(readings);
    expect(all.refresher.inventory?.apps.size).toBe(1);
  });
});

describe('a first list that lacks what others name', () => {
  const spaces = ['s1', 's2', 's3'];
  const world = (): World => ({
    ...smallWorld(),
    organizations: ['o1', 'o2', 'o3'].map((guid) => ({ guid, name: guid })),
    spaces: spaces.map((guid, n) => ({ guid, name: guid, organizationGuid: `o${n + 1}` })),
    apps: spaces.map((space) => appIn(`a-${space}`, space)),
    processes: spaces.map((space) => processOf(`a-${space}`, space)),
    routes: spaces.map((space) => routeTo(`a-${space}`, space)),
  });

  /** The first answers of a kind are short. */
  function cutAtFirst(all: Started, kind: ResourceKind, answers: number): void {
    const whole = { ...all.world };
    let cut = 0;
    all.onAsked = (question) => {
      Object.assign(all.world, whole);
      if (question.split(' ')[0] !== kind || cut === answers) return;
      cut += 1;
      Object.assign(all.world, { [kind]: whole[kind].slice(0, whole[kind].length === 1 ? 0 : 1) });
    };
  }

  test.each(RESOURCE_KINDS.flatMap((kind) => [[kind, WHOLE] as const, [kind, wanting(...spaces)] as const]))(
    '%s: is read again before it counts',
    async (kind, scope) => {
      const all = create(scope, world());
      cutAtFirst(all, kind, 1);
      all.refresher.start();
      await all.after(0);
      expect(all.inventories.map((each) => perKind((of) => each[of].size))).toEqual([
        { organizations: 3, spaces: 3, apps: 3, processes: 3, routes: 3, domains: 1 },
      ]);
      // Routes of a plan are found by their applications.
      if (scope.everything || kind !== 'routes') expect(all.listed).toContain(`${kind} shrunk refuted`);
    },
  );

  test('is believed when it says the same again, and not asked a third time', async () => {
    const all = create(WHOLE, world());
    cutAtFirst(all, 'apps', 2);
    all.refresher.start();
    await all.after(0);
    expect(all.refresher.inventory?.apps.size).toBe(1);
    expect(all.listed).toContain('apps shrunk confirmed');
    expect(all.asked.filter((kind) => kind === 'apps').length).toBe(2);
  });

  test('makes no inventory while it cannot be read again', async () => {
    const all = create(WHOLE, world());
    cutAtFirst(all, 'apps', 1);
    const cut = all.onAsked;
    all.onAsked = (question) => {
      if (question === 'apps' && all.asked.filter((each) => each === 'apps').length === 2) all.failing.set('apps', NO);
      cut?.(question);
    };
    all.refresher.start();
    await all.after(0);
    expect([all.inventories, all.refresher.lists.apps.failures]).toEqual([[], 1]);
    all.failing.clear();
    await all.after(2_000);
    expect(all.inventories.map(({ apps }) => apps.size)).toEqual([3]);
  });

  test('is nothing new once there is an inventory', async () => {
    const all = await started(WHOLE, world());
    all.news();
    all.world.apps = all.world.apps.slice(0, 2);
    await all.after(MINUTE);
    expect(all.inventories.map(({ apps }) => apps.size)).toEqual([3, 2]);
  });

  test.each<[string, (world: World) => void]>([
    ['workers without a route, unless they are most', (all) => (all.routes = all.routes.slice(0, 2))],
    ['applications that are stopped', (all) => (all.apps = all.apps.map((app) => ({ ...app, state: 'STOPPED' })))],
    [
      'an organization without a space',
      (all) => (all.organizations = [...all.organizations, { guid: 'o4', name: 'o4' }]),
    ],
    [
      'a route to an application that we may not see',
      (all) => (all.routes = [...all.routes, routeTo('foreign', 's1')]),
    ],
  ])('%s: read once', async (_, change) => {
    const whole = world();
    change(whole);
    const all = await started(WHOLE, whole);
    expect(all.asked.sort()).toEqual([...RESOURCE_KINDS].sort());
  });
});

describe('a changed plan', () => {
  test('reads all three lists anew, and takes force when they are complete', async () => {
    const scope = wanting('s1');
    const all = await started(scope);
    scope.names = ['s1', 's2'];
    all.failing.set('processes', NO);
    all.news();
    await all.demand('spaces');
    expect(all.news()).toEqual([
      'spaces',
      'apps space_guids=s1,s2',
      'processes space_guids=s1,s2',
      'routes space_guids=s1,s2',
    ]);
    expect(all.inventories.length, 'the old inventory stays in force').toBe(1);
    await all.demand('domains');
    expect(all.news(), 'another round does not press what failed').toEqual(['domains']);
    await all.after(1_250);
    expect(all.news(), 'what was read by the new plan already is not read again').toEqual([
      'processes space_guids=s1,s2',
    ]);
    all.failing.clear();
    await all.after(2_500);
    expect([...(all.refresher.inventory?.apps.keys() ?? [])]).toEqual(['a1', 'a2']);
    expect(all.refresher.inventory?.plan).toEqual({ spaces: new Set(['s1', 's2']) });
  });

  test('a space that comes and is wanted is read at once', async () => {
    const all = await started(wanting('s1', 's3'));
    all.world.spaces = [...all.world.spaces, { guid: 's3', name: 's3', organizationGuid: 'o1' }];
    all.world.apps = [...all.world.apps, appIn('a3', 's3')];
    await all.demand('spaces');
    expect(all.refresher.inventory?.apps.has('a3')).toBe(true);
  });

  test.each<[string, Scope, readonly string[]]>([
    ['wider', wanting('s1', 's2'), ['apps', 'processes', 'routes'].map((kind) => `${kind} space_guids=s1,s2`)],
    ['everything', WHOLE, ['apps', 'processes', 'routes']],
    ['the same', wanting('s1'), []],
  ])('by other rules: %s', async (_, next, asked) => {
    const all = await started(wanting('s1'));
    all.news();
    all.refresher.rescope(next);
    await all.after(0);
    expect(all.news()).toEqual(asked);
    expect(all.inventories.length).toBe(asked.length === 0 ? 1 : 2);
  });

  test('other rules that come while a round runs are read for in the next', async () => {
    const all = await started(wanting('s1'));
    all.news();
    let open = (): void => undefined;
    all.gate = new Promise((resolve) => {
      open = resolve;
    });
    const refreshed = all.refresher.refresh(['domains']);
    await all.after(0);
    all.refresher.rescope(WHOLE);
    all.gate = undefined;
    open();
    await refreshed;
    await all.after(0);
    expect(all.news()).toEqual(['domains', 'apps', 'processes', 'routes']);
    expect(all.refresher.inventory?.plan).toEqual({ spaces: 'all' });
  });

  test('no wanted space is an empty inventory, not a failure', async () => {
    const all = await started(wanting('nothing'));
    expect(all.refresher.inventory?.apps.size).toBe(0);
    expect(all.refresher.inventory?.plan).toEqual({ spaces: new Set() });
  });
});

describe('guids that one list names and another lacks', () => {
  test.each<[string, (all: Started) => void, ResourceKind]>([
    [
      'a process of an unknown application',
      ({ world }) => {
        world.processes = [...world.processes, processOf('a3', 's1')];
      },
      'apps',
    ],
    [
      'an application in an unknown space',
      ({ world }) => {
        world.apps = [...world.apps, appIn('a3', 's3')];
        world.processes = [...world.processes, processOf('a3', 's3')];
        world.routes = [...world.routes, routeTo('a3', 's3')];
      },
      'spaces',
    ],
    [
      'a route of an unknown domain',
      ({ world }) => {
        world.routes = [...world.routes, { ...routeTo('a1', 's1'), guid: 'r3', domainGuid: 'd9' }];
      },
      'domains',
    ],
    [
      'an application without process',
      ({ world }) => {
        world.apps = [...world.apps, appIn('a3', 's1')];
        world.routes = [...world.routes, routeTo('a3', 's1')];
      },
      'processes',
    ],
    [
      'an application without route',
      ({ world }) => {
        world.apps = [...world.apps, appIn('a3', 's1')];
        world.processes = [...world.processes, processOf('a3', 's1')];
      },
      'routes',
    ],
  ])('%s: the list that may know it is asked at once, but only once', async (_, change, kind) => {
    const all = await started();
    change(all);
    all.news();
    await all.after(MINUTE);
    all.news();
    await all.after(0);
    expect(all.news()).toContain(kind);
    for (let n = 0; n < 3; n += 1) await all.after(0);
    expect(all.news()).toEqual([]);
    all.world.processes = all.world.processes.map((process) => ({ ...process, instances: 7 }));
    await all.after(MINUTE);
    expect(all.inventories.length, 'a new inventory with the same gaps').toBeGreaterThan(2);
    all.news();
    await all.after(0);
    expect(all.news()).toEqual([]);
  });

  test('of the first inventory only the slow lists are asked again', async () => {
    const world = smallWorld();
    world.processes = [...world.processes, processOf('a9', 's1')];
    world.apps = [...world.apps, appIn('a3', 's3')];
    const all = await started(WHOLE, world);
    all.news();
    await all.after(0);
    expect(all.news()).toEqual(['spaces']);
    await all.after(0);
    expect(all.news()).toEqual([]);
  });
});

describe('routes shared from other spaces', () => {
  test('are found by the application', async () => {
    const world = smallWorld();
    world.routes = [routeTo('a1', 's2'), routeTo('a2', 's2')];
    const all = await started(wanting('s1'), world);
    expect(all.asked.at(-1)).toBe('routes app_guids=a1');
    expect([...(all.refresher.inventory?.routes.keys() ?? [])]).toEqual(['r-a1']);
  });

  test('do not make a new inventory of each round', async () => {
    const world = smallWorld();
    world.apps = [...world.apps, appIn('a3', 's1')];
    world.processes = [...world.processes, processOf('a3', 's1')];
    world.routes = [routeTo('a1', 's1'), routeTo('a3', 's2')];
    const all = await started(wanting('s1'), world);
    for (let minute = 0; minute < 3; minute += 1) await all.after(MINUTE);
    expect(all.inventories.length).toBe(1);
    expect([...(all.refresher.inventory?.routes.keys() ?? [])].sort()).toEqual(['r-a1', 'r-a3']);
  });

  test.each<[string, (world: ReturnType<typeof smallWorld>) => void]>([
    [
      'stopped',
      (world) => {
        world.apps = [{ ...appIn('a1', 's1'), state: 'STOPPED' }];
      },
    ],
    [
      'of no instances',
      (world) => {
        world.processes = [processOf('a1', 's1', 0)];
      },
    ],
    [
      'without a web process',
      (world) => {
        world.processes = [];
      },
    ],
  ])('are not looked for where the application is %s', async (_, change) => {
    const world = smallWorld();
    world.routes = [];
    change(world);
    const all = await started(wanting('s1'), world);
    expect(all.asked.filter((question) => question.includes('app_guids'))).toEqual([]);
  });
});

describe('refresh', () => {
  test('reads the kinds asked for, and resolves when they have been read', async () => {
    const all = await started();
    await all.after(1_000);
    all.news();
    all.world.apps = [appIn('a1', 's1')];
    await all.demand('apps', 'domains');
    expect(all.news().sort()).toEqual(['apps', 'domains']);
    expect(all.refresher.inventory?.apps.size).toBe(1);
  });

  test('is shared by those who ask at once', async () => {
    const all = await started();
    await all.after(1_000);
    all.news();
    const refreshed = Promise.all([1, 2, 3].map(() => all.refresher.refresh(['apps'])));
    await all.after(0);
    await refreshed;
    expect(all.news()).toEqual(['apps']);
  });

  test('asked for during a round, it is answered by the next one, at once', async () => {
    const all = await started();
    const gate = deferred<void>();
    all.gate = gate.promise;
    await all.after(MINUTE);
    let answered = false;
    const refreshed = all.refresher.refresh(['apps']).then(() => {
      answered = true;
    });
    all.world.apps = [];
    all.news();
    await all.after(0);
    expect(all.news(), 'never two rounds at once').toEqual([]);
    all.gate = undefined;
    gate.resolve();
    await settle();
    expect(answered, 'the running round began too early').toBe(false);
    await all.after(0);
    await refreshed;
    expect(all.refresher.inventory?.apps.size).toBe(0);
  });

  test('rejects with the error of the list that failed; the old one stays in force', async () => {
    const all = await started();
    all.failing.set('domains', NO);
    const refreshed = all.refresher.refresh(['apps', 'domains']);
    const told = expect(refreshed).rejects.toBe(NO);
    await all.after(0);
    await told;
    expect(all.refresher.inventory?.domains.size).toBe(1);
  });

  test('asks at once even while a pause is on', async () => {
    const all = await started();
    all.failing.set('apps', new ApiError('api_status', 'slow down', { retryAfterMs: HOUR }));
    await all.after(MINUTE);
    all.failing.clear();
    await all.demand('apps');
    expect(all.refresher.lists.apps.failures).toBe(0);
  });
});

describe('suspect', () => {
  test('reads soon, at most once in ten seconds', async () => {
    const all = await started();
    await all.after(10_000);
    all.news();
    for (let n = 0; n < 5; n += 1) all.refresher.suspect('processes');
    await all.after(0);
    expect(all.news()).toEqual(['processes']);
    for (let second = 1; second < 10; second += 1) {
      all.refresher.suspect('processes');
      await all.after(1_000);
    }
    expect(all.news()).toEqual([]);
    all.refresher.suspect('processes');
    await all.after(1_000);
    expect(all.news()).toEqual(['processes']);
  });

  test('does not press a list that fails', async () => {
    const all = await started();
    all.failing.set('processes', new ApiError('api_status', 'slow down', { retryAfterMs: 10 * MINUTE }));
    await all.after(MINUTE);
    all.news();
    for (let second = 0; second < 30; second += 1) {
      all.refresher.suspect('processes');
      await all.after(1_000);
    }
    expect(all.news()).not.toContain('processes');
  });
});

describe('stop', () => {
  test('no further question', async () => {
    const all = await started();
    all.refresher.stop();
    all.news();
    await all.after(2 * HOUR);
    expect(all.news()).toEqual([]);
    expect(all.clock.pending()).toEqual([]);
  });

  test('who waits is told, who asks later too', async () => {
    const all = await started();
    const waiting = expect(all.refresher.refresh(['apps'])).rejects.toMatchObject({ code: 'api_unreachable' });
    all.refresher.stop();
    await waiting;
    await expect(all.refresher.refresh(['apps'])).rejects.toMatchObject({ code: 'api_unreachable' });
  });

  test('during a round: it is the last one', async () => {
    const all = await started();
    const gate = deferred<void>();
    all.gate = gate.promise;
    await all.after(MINUTE);
    all.refresher.stop();
    gate.resolve();
    await settle();
    all.news();
    await all.after(HOUR);
    expect(all.news()).toEqual([]);
  });
});

describe('what another replica has read', () => {
  /** Of the same foundation, read half a minute ago. */
  async function readElsewhere(
    scope: Scope,
    clock: ManualClock,
  ): Promise<Pick<DatedInventory, 'inventory' | 'readAtMs'>> {
    const { refresher } = await started(scope);
    const { inventory } = refresher;
    if (inventory === undefined) throw new Error('there is none');
    const dated = {
      inventory,
      apiOrigin: '',
      reader: { grant: 'password', name: '' } as const,
      readAtMs: perKind(() => 0),
    };
    const content = [...encodeInventories({ program: '', writtenAtMs: 0, inventories: [dated] })].join('');
    const [packed] = (await decodeInventories(Buffer.from(content))).inventories;
    return { inventory: packed?.inventory ?? inventory, readAtMs: perKind(() => clock.now() - MINUTE / 2) };
  }

  test.each([
    ['everything', WHOLE, ['apps', 'processes', 'routes']],
    ['some spaces', wanting('s1'), ['apps space_guids=s1', 'processes space_guids=s1', 'routes space_guids=s1']],
  ] as const)('counts as if it had been read here, of %s', async (_, scope, asked) => {
    const { refresher, clock, inventories, after: pass, news } = create(scope);
    const dated = await readElsewhere(scope, clock);
    refresher.adopt(dated);
    expect(refresher.inventory).toBe(dated.inventory);
    expect(inventories).toEqual([dated.inventory]);
    expect(refresher.inventoryAgesMs?.apps).toBe(MINUTE / 2);
    await pass(HOUR);
    expect(news()).toEqual([]);
    refresher.adopt({ ...dated, readAtMs: perKind(() => clock.now() - MINUTE / 2) });
    expect(inventories).toHaveLength(1);
    refresher.start();
    await pass(MINUTE / 4);
    expect(news()).toEqual([]);
    await pass(MINUTE / 2);
    expect(news().filter((question) => !question.includes('app_guids'))).toEqual(asked);
  });

  test('is compared with what is read next: what has lost much is read twice', async () => {
    const { refresher, clock, world, listed, after: pass } = create();
    const dated = await readElsewhere(WHOLE, clock);
    refresher.adopt(dated);
    world.apps = [];
    refresher.start();
    await pass(MINUTE);
    expect(listed).toContain('apps shrunk confirmed');
  });
});
