import type { Clock } from '../base/clock.js';
import { describeError } from '../base/errors.js';
import type { Log } from '../telemetry/log.js';
import { ApiError } from './api-error.js';
import { findDoubtful } from './doubtful.js';
import type { Inventory, Plan } from './inventory.js';
import type { ListFaults } from './list-faults.js';
import type { Filter, Lister } from './list-resources.js';
import type { ListState } from './list-state.js';
import type { Lists } from './lists.js';
import type { ResourceTypes } from './parse-resource.js';
import { EVERYTHING, isNarrowed, NARROWED, type NarrowedKind, type Scope, samePlan } from './plan.js';
import { RESOURCE_KINDS, type ResourceKind, type Route } from './resources.js';
import { createShrinkGuard, type ShrinkResult } from './shrink.js';
import { findUnrouted } from './unresolved.js';

export interface RoundsOptions {
  readonly lister: Lister;
  readonly lists: Lists;
  readonly faults: ListFaults;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: ListObserver;
  /** Share of a list that may be lost without a second reading. */
  readonly shrinkShares: Readonly<Record<ResourceKind, number>>;
  /** What was known of this foundation before: a first reading that lacks much of it is done twice. */
  readonly known?: () => Inventory | undefined;
  /** Undefined until there was a first one. */
  readonly inForce: () => Inventory | undefined;
}

export interface ListObserver {
  listed(kind: ResourceKind, result: 'success' | 'failure'): void;
  shrunk(kind: ResourceKind, result: ShrinkResult): void;
}

/** Readings of the lists that are due, each in the order in which lists need each other. */
export interface Rounds {
  /** Never rejects for a list that fails. Whether what is known now may become an inventory. */
  read(scope: Scope): Promise<'fitting' | 'doubtful'>;
  /** The lists hold what others have read and found good. */
  adopted(): void;
}

type Elements = { readonly [K in ResourceKind]: ReadonlyMap<string, ResourceTypes[K]> };

/** Kept so that routes that did not change stay the same map. */
interface JoinedRoutes {
  readonly routes: ReadonlyMap<string, Route>;
  readonly shared: ReadonlyMap<string, Route>;
  readonly both: ReadonlyMap<string, Route>;
}

export function createRounds(options: RoundsOptions): Rounds {
  const { lister, lists, faults, clock, log } = options;
  const guard = createShrinkGuard({ shares: options.shrinkShares, clock, log, observe: options.observe });
  /** Lists that say what nothing was known of before. */
  const unproven = new Set<ResourceKind>();
  let joined: JoinedRoutes | undefined;

  async function read(scope: Scope): Promise<'fitting' | 'doubtful'> {
    const due = new Set(RESOURCE_KINDS.filter((kind) => lists[kind].isDue()));
    const early = Promise.all([
      due.has('domains') && readList('domains'),
      scope.everything && readNarrowed(due, EVERYTHING),
    ]);
    await Promise.all([due.has('organizations') && readList('organizations'), due.has('spaces') && readList('spaces')]);
    let plan: Plan | undefined = EVERYTHING;
    if (!scope.everything) {
      await readAgain(doubtful().filter((kind) => kind === 'organizations' || kind === 'spaces'));
      plan = planNow(scope);
      if (plan !== undefined) await readNarrowed(due, plan);
      else postponeNarrowed(due);
    }
    await early;
    await readAgain(doubtful(), plan);
    return doubtful().length === 0 ? 'fitting' : 'doubtful';
  }

  /** Of these no first inventory is made before they have been read a second time. */
  function doubtful(): readonly ResourceKind[] {
    return options.inForce() === undefined ? findDoubtful(lists).filter((kind) => unproven.has(kind)) : [];
  }

  /** Those that fail are read when they are due. */
  async function readAgain(doubts: readonly ResourceKind[], plan: Plan = EVERYTHING): Promise<void> {
    const kinds = new Set(doubts.filter((kind) => lists[kind].failures === 0));
    if (kinds.size === 0) return;
    log.info('some lists lack what others name, reading them again before they count', {
      kinds: [...kinds].join(', '),
    });
    // Routes of other spaces are asked for by the applications that are known.
    if (plan.spaces !== 'all' && (kinds.has('apps') || kinds.has('processes'))) kinds.add('routes');
    const whole = (['organizations', 'spaces', 'domains'] as const).filter((kind) => kinds.has(kind));
    const narrowed = NARROWED.filter((kind) => kinds.has(kind));
    await Promise.all([...whole.map((kind) => readList(kind)), readByPlan(narrowed, plan)]);
    const still = findDoubtful(lists);
    for (const kind of doubts) {
      if (lists[kind].failures > 0) continue;
      const result = still.includes(kind) ? 'confirmed' : 'refuted';
      options.observe.shrunk(kind, result);
      if (result === 'refuted')
        log.warn('a list lacked what others name, and a second reading that has it counts', { kind });
    }
  }

  /** What the rules need of the organizations and spaces known now; the plan that a list was read by where it asks for the same. */
  function planNow(scope: Scope): Plan | undefined {
    const organizations = lists.organizations.elements;
    const spaces = lists.spaces.elements;
    if (organizations === undefined || spaces === undefined) return undefined;
    const plan = scope.choosePlan(organizations, spaces);
    const known = NARROWED.map((kind) => lists[kind].plan);
    return known.find((each) => each !== undefined && samePlan(plan, each)) ?? plan;
  }

  /** Without spaces nothing can be narrowed: these lists wait for what they hang on, and fail with it. */
  function postponeNarrowed(due: ReadonlySet<ResourceKind>): void {
    const reason = lists.spaces.error ?? lists.organizations.error;
    if (reason === undefined) return;
    for (const kind of NARROWED) if (due.has(kind)) lists[kind].failed(reason);
  }

  async function readNarrowed(due: ReadonlySet<ResourceKind>, plan: Plan): Promise<void> {
    const wanted = NARROWED.filter(
      (kind) => due.has(kind) || (lists[kind].plan !== plan && lists[kind].failures === 0),
    );
    await readByPlan(wanted, plan);
  }

  async function readByPlan(kinds: readonly NarrowedKind[], plan: Plan): Promise<void> {
    const { spaces } = plan;
    if (spaces === 'all') {
      await Promise.all(kinds.map((kind) => readList(kind, plan)));
      return;
    }
    const filter: Filter = { parameter: 'space_guids', guids: [...spaces].sort() };
    const first = kinds.filter((kind) => kind !== 'routes');
    await Promise.all(first.map((kind) => readList(kind, plan, () => lister.list(kind, filter))));
    if (kinds.includes('routes')) await readList('routes', plan, () => routesIn(filter));
  }

  /** Routes belong to a space, but may be shared into others: applications that none leads to are asked about by name. */
  async function routesIn(filter: Filter): Promise<ReadonlyMap<string, Route>> {
    const routes = await lister.list('routes', filter);
    const guids = findUnrouted(lists.apps.elements, lists.processes.elements, routes);
    if (guids.length === 0) return routes;
    const shared = await lister.list('routes', { parameter: 'app_guids', guids });
    if (shared.size === 0) return routes;
    if (joined?.routes !== routes || joined.shared !== shared) {
      joined = { routes, shared, both: new Map([...routes, ...shared]) };
    }
    return joined.both;
  }

  async function readList<K extends ResourceKind>(
    kind: K,
    plan: Plan = EVERYTHING,
    fetch: () => Promise<ReadonlyMap<string, ResourceTypes[K]>> = () => lister.list(kind),
  ): Promise<void> {
    const askedAt = clock.monotonic();
    const list: ListState<K> = lists[kind];
    const before = comparable(kind, plan);
    try {
      const elements = await guard.read(kind, before, fetch);
      if (before === undefined) unproven.add(kind);
      else unproven.delete(kind);
      faults.succeeded(kind);
      list.succeeded(elements, plan, askedAt);
      options.observe.listed(kind, 'success');
    } catch (error) {
      const reason =
        error instanceof ApiError ? error : new ApiError('api_answer', describeError(error), { cause: error });
      list.failed(reason);
      options.observe.listed(kind, 'failure');
      faults.failed(kind, { error: reason, isOldInForce: list.elements !== undefined, failures: list.failures });
    }
  }

  /** What the same question was answered by last; of the time before this process or its options where that is all. */
  function comparable<K extends ResourceKind>(kind: K, plan: Plan): ReadonlyMap<string, ResourceTypes[K]> | undefined {
    const list: ListState<K> = lists[kind];
    if (list.elements !== undefined) return list.plan === plan ? list.elements : undefined;
    const known = options.known?.();
    if (known === undefined || (isNarrowed(kind) && !samePlan(known.plan, plan))) return undefined;
    const elements: Elements = known;
    return elements[kind];
  }

  return { read, adopted: () => unproven.clear() };
}
