import type { Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { ApiError } from './api-error.js';
import type { DatedInventory } from './dated-inventory.js';
import type { Inventory } from './inventory.js';
import { createListFaults } from './list-faults.js';
import { assemble, createLists, type Lists, sameLists } from './lists.js';
import { EVERYTHING, isNarrowed, type Scope } from './plan.js';
import { perKind, RESOURCE_KINDS, type ResourceKind } from './resources.js';
import { createRounds, type RoundsOptions } from './rounds.js';
import { findUnresolved, type Unresolved } from './unresolved.js';

export interface RefresherOptions extends Omit<RoundsOptions, 'lists' | 'faults' | 'inForce'> {
  readonly foundation: string;
  readonly scope: Scope;
  readonly refreshMs: Readonly<Record<ResourceKind, Milliseconds>>;
  readonly backoffMs: Milliseconds;
  readonly random: () => number;
  /** Called with each inventory that differs from the one before. */
  readonly onInventory: (inventory: Inventory) => void;
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

const HOUR_MS: Milliseconds = 3_600_000;

const SUSPICION_GAP_MS: Milliseconds = 10_000;

interface Demand {
  readonly kinds: readonly ResourceKind[];
  readonly resolve: () => void;
  readonly reject: (error: ApiError) => void;
}

/**
 * Keeps the inventory of one foundation fresh: each kind of list on its own interval, in rounds of which only one runs at
 * a time, and never on the path of a request.
 */
export function createRefresher(options: RefresherOptions): Refresher {
  const { clock, lister, log } = options;
  const faults = createListFaults({ clock, log });
  let { scope } = options;
  let rescoped = false;
  const lists = createLists((kind) => {
    const { refreshMs, backoffMs, random } = options;
    return { refreshMs: refreshMs[kind], backoffMs, clock, random };
  });
  const rounds = createRounds({ ...options, lists, faults, inForce: () => inventory });
  let inventory: Inventory | undefined;
  /** Monotonic. */
  let inventoryReadAt: Readonly<Record<ResourceKind, Milliseconds>> | undefined;
  let unresolved: Unresolved = new Map();
  let demands: Demand[] = [];
  let timer: Timer | undefined;
  let running = false;
  let stopped = true;
  let suspectedAt = Number.NEGATIVE_INFINITY;

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
      if ((await rounds.read(scope)) === 'fitting') publish();
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
    rounds.adopted();
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
