import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError } from '../base/errors.js';
import type { Log } from '../telemetry/log.js';
import { ApiError } from './api-error.js';
import type { DatedInventory } from './dated-inventory.js';
import { findDoubtful } from './doubtful.js';
import type { Inventory, Plan } from './inventory.js';
import { createListFaults } from './list-faults.js';
import type { Filter, Lister } from './list-resources.js';
import type { ListState } from './list-state.js';
import { assemble, createLists, type Lists, sameLists } from './lists.js';
import type { ResourceTypes } from './parse-resource.js';
import { EVERYTHING, type Scope, samePlan } from './plan.js';
import { perKind, RESOURCE_KINDS, type ResourceKind, type Route } from './resources.js';
import { createShrinkGuard, type ShrinkResult } from './shrink.js';
import { findUnresolved, findUnrouted, type Unresolved } from './unresolved.js';

export interface RefresherOptions {
  readonly foundation: string;
  readonly lister: Lister;
  readonly scope: Scope;
  readonly refreshMs: Readonly<Record<ResourceKind, Milliseconds>>;
  readonly backoffMs: Milliseconds;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly observe: RefreshObserver;
  /** Share of a list that may be lost without a second reading. */
  readonly shrinkShares: Readonly<Record<ResourceKind, number>>;
  /** What was known of this foundation before: a first reading that lacks much of it is done twice. */
  readonly known?: () => Inventory | undefined;
  /** Called with each inventory that differs from the one before. */
  readonly onInventory: (inventory: Inventory) => void;
}

export interface RefreshObserver {
  listed(kind: ResourceKind, result: 'success' | 'failure'): void;
  shrunk(kind: ResourceKind, result: ShrinkResult): void;
}

export interface Refresher {
  start(): void;
  stop(): void;
  /** The last complete inventory; undefined until there is one. */
  readonly inventory: Inventory | undefined;
  /** How long ago each list of that inventory was asked for, even where a newer one waits for others to fit it. */
  readonly inventoryAgesMs: Readonly<Record<ResourceKind, Milliseconds>> | undefined;
  readonly lists: Readonly<Record<ResourceKind, ListStatus>>;
  /**
   * Reads these lists now. Resolves when a reading begun after the call has succeeded for all of them.
   *
   * @throws {ApiError} of the list that failed; the old one stays in force
   */
  refresh(kinds: readonly ResourceKind[]): Promise<void>;
  /** Goes on from what another replica has read, as if it had been read here; also where nothing runs. */
  adopt(dated: Pick<DatedInventory, 'inventory' | 'readAtMs'>): void;
  /** From now on lists are read for these rules; what they need and is not there yet is read at once. */
  rescope(scope: Scope): void;
  /** Reads a list soon, for a suspicion: at most once in ten seconds however often it is called. */
  suspect(kind: ResourceKind): void;
}

export interface ListStatus {
  readonly ageMs: Milliseconds | undefined;
  readonly elements: number | undefined;
  readonly failures: number;
  readonly error: ApiError | undefined;
  /** Requests that this list takes in an hour, by its interval and the pages that it had last. */
  readonly requestsPerHour: number;
}

/** Kinds that are narrowed to the spaces of the plan. */
const NARROWED = ['apps', 'processes', 'routes'] as const satisfies readonly ResourceKind[];

type NarrowedKind = (typeof NARROWED)[number];

function isNarrowed(kind: ResourceKind): boolean {
  return NARROWED.some((each) => each === kind);
}

const HOUR_MS: Milliseconds = 3_600_000;

const SUSPICION_GAP_MS: Milliseconds = 10_000;

type Elements = { readonly [K in ResourceKind]: ReadonlyMap<string, ResourceTypes[K]> };

interface Demand {
  readonly kinds: readonly ResourceKind[];
  readonly resolve: () => void;
  readonly reject: (error: ApiError) => void;
}

/** Kept so that routes that did not change stay the same map. */
interface JoinedRoutes {
  readonly routes: ReadonlyMap<string, Route>;
  readonly shared: ReadonlyMap<string, Route>;
  readonly both: ReadonlyMap<string, Route>;
}

/**
 * Keeps the inventory of one foundation fresh: each kind of list on its own interval, in rounds of which only one runs at
 * a time, and never on the path of a request.
 */
export function createRefresher(options: RefresherOptions): Refresher {
  const { clock, lister, log } = options;
  const guard = createShrinkGuard({ shares: options.shrinkShares, clock, log, observe: options.observe });
  const faults = createListFaults({ clock, log });
  let { scope } = options;
  let rescoped = false;
  const lists = createLists((kind) => {
    const { refreshMs, backoffMs, random } = options;
    return { refreshMs: refreshMs[kind], backoffMs, clock, random };
  });
  let inventory: Inventory | undefined;
  /** Monotonic. */
  let inventoryReadAt: Readonly<Record<ResourceKind, Milliseconds>> | undefined;
  let unresolved: Unresolved = new Map();
  /** Lists that say what nothing was known of before. */
  const unproven = new Set<ResourceKind>();
  let demands: Demand[] = [];
  let timer: Timer | undefined;
  let running = false;
  let stopped = true;
  let suspectedAt = Number.NEGATIVE_INFINITY;
  let joined: JoinedRoutes | undefined;

  function schedule(): void {
    timer?.cancel();
    if (stopped || running) return;
    const now = clock.monotonic();
    // A round that ran when somebody asked has moved the lists on, but began too early to answer.
    const dueAt = demands.length > 0 || rescoped ? now : Math.min(...RESOURCE_KINDS.map((kind) => lists[kind].dueAt));
    timer = clock.after(Math.max(0, dueAt - now), () => void run());
  }

  async function run(): Promise<void> {
    running = true;
    rescoped = false;
    const answered = demands;
    demands = [];
    for (const kind of new Set(answered.flatMap((demand) => demand.kinds))) lists[kind].demand();
    try {
      await round();
    } catch (error) {
      log.error('a refresh went wrong within this program', { error });
    }
    // What a stop cuts off is no failure of Cloud Foundry's.
    if (!stopped) faults.tell();
    for (const demand of answered) settle(demand);
    running = false;
    schedule();
  }

  function settle(demand: Demand): void {
    const failed = demand.kinds.map((kind) => lists[kind].error).find((error) => error !== undefined);
    if (failed === undefined) demand.resolve();
    else demand.reject(failed);
  }

  async function round(): Promise<void> {
    const due = new Set(RESOURCE_KINDS.filter((kind) => lists[kind].isDue()));
    const early = Promise.all([
      due.has('domains') && read('domains'),
      scope.everything && readNarrowed(due, EVERYTHING),
    ]);
    await Promise.all([due.has('organizations') && read('organizations'), due.has('spaces') && read('spaces')]);
    let plan: Plan | undefined = EVERYTHING;
    if (!scope.everything) {
      await readAgain(doubtful().filter((kind) => kind === 'organizations' || kind === 'spaces'));
      plan = planNow();
      if (plan !== undefined) await readNarrowed(due, plan);
      else postponeNarrowed(due);
    }
    await early;
    await readAgain(doubtful(), plan);
    if (doubtful().length === 0) publish();
  }

  /** Of these no first inventory is made before they have been read a second time. */
  function doubtful(): readonly ResourceKind[] {
    return inventory === undefined ? findDoubtful(lists).filter((kind) => unproven.has(kind)) : [];
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
    await Promise.all([...whole.map((kind) => read(kind)), readByPlan(narrowed, plan)]);
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
  function planNow(): Plan | undefined {
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
      await Promise.all(kinds.map((kind) => read(kind, plan)));
      return;
    }
    const filter: Filter = { parameter: 'space_guids', guids: [...spaces].sort() };
    const first = kinds.filter((kind) => kind !== 'routes');
    await Promise.all(first.map((kind) => read(kind, plan, () => lister.list(kind, filter))));
    if (kinds.includes('routes')) await read('routes', plan, () => routesIn(filter));
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

  async function read<K extends ResourceKind>(
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

  function publish(): void {
    const next = assemble(options.foundation, lists);
    if (next === undefined) return;
    const now = clock.monotonic();
    inventoryReadAt = perKind((kind) => now - (lists[kind].ageMs ?? 0));
    if (inventory !== undefined && sameLists(next, inventory)) return;
    const before = unresolved;
    const isFirst = inventory === undefined;
    inventory = next;
    unresolved = findUnresolved(next);
    for (const [reference, kind] of unresolved) {
      // Of the first inventory most never resolve, and these lists are read again within a minute; the others in an hour.
      if (isFirst && isNarrowed(kind)) continue;
      if (!before.has(reference)) lists[kind].hasten(clock.monotonic());
    }
    options.onInventory(next);
  }

  function adopt({ inventory: taken, readAtMs }: Pick<DatedInventory, 'inventory' | 'readAtMs'>): void {
    const now = clock.monotonic();
    const readAt = perKind((kind) => now - Math.max(0, clock.now() - readAtMs[kind]));
    lists.organizations.adopt(taken.organizations, EVERYTHING, readAt.organizations);
    lists.spaces.adopt(taken.spaces, EVERYTHING, readAt.spaces);
    lists.apps.adopt(taken.apps, taken.plan, readAt.apps);
    lists.processes.adopt(taken.processes, taken.plan, readAt.processes);
    lists.routes.adopt(taken.routes, taken.plan, readAt.routes);
    lists.domains.adopt(taken.domains, EVERYTHING, readAt.domains);
    unproven.clear();
    inventoryReadAt = readAt;
    schedule();
    if (inventory === taken) return;
    inventory = taken;
    unresolved = findUnresolved(taken);
    options.onInventory(taken);
  }

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      schedule();
    },
    stop() {
      stopped = true;
      timer?.cancel();
      for (const demand of demands) demand.reject(stopping());
      demands = [];
    },
    get inventory() {
      return inventory;
    },
    get inventoryAgesMs() {
      if (inventoryReadAt === undefined) return undefined;
      const readAt = inventoryReadAt;
      return perKind((kind) => clock.monotonic() - readAt[kind]);
    },
    get lists() {
      return statusOf(lists, (kind) => (lister.requestsFor(kind) * HOUR_MS) / options.refreshMs[kind]);
    },
    refresh(kinds) {
      if (stopped) return Promise.reject(stopping());
      return new Promise((resolve, reject) => {
        demands.push({ kinds, resolve, reject });
        for (const kind of kinds) lists[kind].demand();
        schedule();
      });
    },
    adopt,
    rescope(next) {
      scope = next;
      rescoped = true;
      schedule();
    },
    suspect(kind) {
      const now = clock.monotonic();
      const at = Math.max(now, suspectedAt + SUSPICION_GAP_MS);
      if (at >= lists[kind].dueAt) return;
      suspectedAt = at;
      lists[kind].hasten(at);
      schedule();
    },
  };
}

function stopping(): ApiError {
  return new ApiError('api_unreachable', 'this program is starting or stopping and reads no lists');
}

function statusOf(
  lists: Lists,
  requestsPerHour: (kind: ResourceKind) => number,
): Readonly<Record<ResourceKind, ListStatus>> {
  return perKind((kind) => {
    const { ageMs, elements, failures, error } = lists[kind];
    return { ageMs, elements: elements?.size, failures, error, requestsPerHour: requestsPerHour(kind) };
  });
}
