import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { CfCredentials, Config, FoundationConfig } from '../config/config.js';
import { createApiClient } from '../foundation/api-client.js';
import type { DatedInventory, Reader } from '../foundation/dated-inventory.js';
import type { Inventory } from '../foundation/inventory.js';
import { createLister } from '../foundation/list-resources.js';
import { createPace, type Pace } from '../foundation/pace.js';
import type { Scope } from '../foundation/plan.js';
import { createRefresher, type ListStatus, type Refresher } from '../foundation/refresh.js';
import { perKind, type ResourceKind } from '../foundation/resources.js';
import type { NextTry } from '../foundation/token.js';
import { createWatchdog } from '../foundation/watchdog.js';
import type { Connections } from '../outbound/connections.js';
import type { Replication } from '../replication/replication.js';
import type { Log } from '../telemetry/log.js';
import type { ConnectionLease } from './connection-sets.js';
import { apiConnections } from './connections.js';
import type { Selecting } from './directories.js';
import { fingerprint } from './fingerprint.js';
import { type Forgotten, judgeInventory } from './judge-inventory.js';
import type { FoundationObservers } from './metrics-observers.js';
import { createReading, type Reading } from './reading.js';
import type { Replicas } from './replicas.js';

/** One foundation as we see it: its inventory, kept fresh. */
export interface Foundation {
  readonly name: string;
  readonly refresher: Refresher;
  /** The last complete one, perhaps of the time before a reload or a start; undefined until there is one. */
  readonly inventory: Inventory | undefined;
  readonly known: Known | undefined;
  /** Ages and sizes are those of the inventory, as long as that is of the time before. */
  readonly lists: Readonly<Record<ResourceKind, ListStatus>>;
  readonly pace: Pick<Pace, 'waiting' | 'allowance' | 'pauseLeftMs'>;
  /** Milliseconds since the epoch; undefined while there is no token. */
  readonly tokenExpiresAtMs: Milliseconds | undefined;
  /** Undefined where replicas do not know of each other. */
  readonly replication: Replication | undefined;
  /** Has a list read soon, for a suspicion, by whoever reads. */
  suspect(kind: ResourceKind): void;
}

/** An inventory in force, and whether it was read by this process or a replica, or by a process before it. */
export interface Known extends DatedInventory {
  readonly source: 'api' | 'file';
}

export interface FoundationsOptions {
  readonly observe: (foundation: string) => FoundationObservers;
  readonly clock: Clock;
  readonly log: Log;
  /** An inventory of this foundation is new. */
  readonly onInventory: (foundation: string) => void;
  /** A watchdog has seen one failure too many. */
  readonly onGivenUp: () => void;
  /** Whether failures say when it is tried again; `told` unless said. */
  readonly nextTry?: NextTry;
  /** Absent: nothing is shared. */
  readonly replicas?: Replicas;
}

/** All foundations of one process. What happens to one of them concerns no other. */
export interface Foundations {
  readonly all: readonly Foundation[];
  /**
   * Takes the foundations of a configuration, each with the scope of its rules. One whose options stay goes on; one that
   * changed, perhaps by its name, begins anew, and what was known of the same API stays in force until then; one that is
   * named no more ends.
   *
   * @throws what `lease` says, before anything has changed
   */
  configure(config: Config, selecting: readonly Selecting[], lease: ConnectionLease): void;
  /** Reads these lists of all foundations now. @throws {ApiError} of one that failed, when all have ended */
  refresh(kinds: readonly ResourceKind[]): Promise<void>;
  /** Asks for each foundation that knows nothing what an earlier process has left of it. */
  recall(of: (forgotten: Forgotten) => DatedInventory | undefined): void;
  /** Asks the replicas; resolves when each foundation has what they know, or will not have it soon. */
  join(): Promise<void>;
  start(): void;
  /** Leaves reading to the replicas, where there are some. Never rejects. */
  leave(): Promise<void>;
  stop(): void;
}

interface Running extends Foundation {
  readonly key: string;
  readonly apiOrigin: string;
  readonly reader: Reader;
  readonly pace: Pace;
  readonly reading: Reading;
  inherit(known: Known): void;
}

export function createFoundations(options: FoundationsOptions): Foundations {
  const { replicas } = options;
  let running: readonly Running[] = [];
  let scopes: ReadonlyMap<string, Scope> = new Map();
  let started = false;

  /** One that runs on, or a new one that does not run yet. */
  function take({ config, foundation, lease, scope }: Taking): Running {
    const connections = lease.of(apiConnections(config, foundation));
    const key = fingerprint([foundation, config.connectTo]);
    const before = running.find(({ name }) => name === foundation.name) ?? renamed(config, foundation);
    if (before?.key === key) return before;
    const next = begin({ key, foundation, scope, connections, inherited: inheritance(before, foundation) });
    if (before !== undefined && isSameUser(before, next)) keepPace(before.pace, next.pace);
    return next;
  }

  /** One with this API whose name is gone. */
  function renamed(config: Config, { apiOrigin }: FoundationConfig): Running | undefined {
    const names = config.foundations.map(({ name }) => name);
    return running.find((each) => each.apiOrigin === apiOrigin && !names.includes(each.name));
  }

  /** What another replica has read, as a file of an earlier process would be judged. */
  function judge(dated: DatedInventory, of: Omit<Forgotten, 'scope'>): DatedInventory | string {
    const scope = scopes.get(of.name);
    const maxAgeMs = replicas?.maxAgeMs;
    if (scope === undefined || maxAgeMs === undefined) return 'nothing is shared any more';
    const recalled = judgeInventory([dated], { ...of, scope }, { nowMs: options.clock.now(), maxAgeMs });
    return recalled.ok ? recalled.dated : recalled.reason;
  }

  function begin({ key, foundation, scope, connections, ...beginning }: Beginning): Running {
    const { name, apiOrigin } = foundation;
    const { clock } = options;
    let { inherited } = beginning;
    const log = name === DEFAULT_NAME ? options.log : options.log.child(name);
    const observe = options.observe(name);
    const pace = createPace({
      concurrency: foundation.connectionPoolSize,
      ratePerSecond: foundation.rateLimitPerSecond,
      clock,
    });
    const api = createApiClient({
      apiUrl: foundation.apiOrigin,
      login: foundation.credentials,
      connections,
      tlsGroup: name === DEFAULT_NAME ? 'cf.tls_config' : 'foundations[].tls_config',
      pace,
      headTimeoutMs: foundation.requestTimeoutMs,
      clock,
      log,
      observe: observe.api,
      nextTry: options.nextTry,
    });
    const refresher = createRefresher({
      foundation: name,
      lister: createLister({ api, pageSize: foundation.pageSize, log, observe: observe.lists }),
      scope,
      refreshMs: perKind((kind) => foundation.refreshSeconds[kind] * 1000),
      backoffMs: foundation.backoffMs,
      clock,
      random: Math.random,
      log,
      observe: observe.lists,
      shrinkShares: foundation.shrinkShares,
      known: () => inherited?.inventory,
      onInventory() {
        inherited = undefined;
        options.onInventory(name);
        reading.changed();
      },
    });
    const watchdog =
      foundation.watchdog &&
      createWatchdog({
        ...foundation.watchdog,
        ping: api.ping,
        reconnect: () => connections.renew(),
        clock,
        log: log.child('watchdog'),
        observe: observe.watchdog,
        onGivenUp: options.onGivenUp,
      });
    const reader = readerOf(foundation.credentials);
    const reading = createReading({
      refresher,
      watchdog,
      replicas,
      member: {
        apiOrigin,
        reader,
        log: log.child('replication'),
        observe: observe.replication,
        known,
        judge: (dated) => judge(dated, { name, apiOrigin, reader }),
      },
    });

    function known(): Known | undefined {
      return inherited ?? knownOf(refresher, { apiOrigin, reader, nowMs: clock.now() });
    }

    return {
      name,
      key,
      apiOrigin,
      reader,
      refresher,
      get inventory() {
        return refresher.inventory ?? inherited?.inventory;
      },
      get known() {
        return known();
      },
      get lists() {
        return inherited === undefined ? refresher.lists : datedLists(refresher.lists, inherited, clock.now());
      },
      inherit(known) {
        inherited = known;
      },
      pace,
      reading,
      get replication() {
        return reading.replication;
      },
      suspect: (kind) => reading.suspect(kind),
      get tokenExpiresAtMs() {
        return api.tokens.expiresAtMs;
      },
    };
  }

  return {
    get all() {
      return running;
    },
    configure(config, selecting, lease) {
      scopes = new Map(selecting.map(({ foundation, scope }) => [foundation, scope]));
      const next = config.foundations.flatMap((foundation) => {
        const scope = scopes.get(foundation.name);
        return scope === undefined ? [] : take({ config, foundation, lease, scope });
      });
      const before = running;
      running = next;
      for (const each of before) if (!next.includes(each)) each.reading.stop();
      replicas?.configure(config.replication);
      for (const each of next) {
        const { scope, scopeText } = selecting.find(({ foundation }) => foundation === each.name) ?? {};
        if (before.includes(each) && scope !== undefined) each.refresher.rescope(scope);
        if (scopeText !== undefined) each.reading.share(scopeText);
        if (started) each.reading.start();
      }
    },
    async refresh(kinds) {
      const outcomes = await Promise.allSettled(running.map(({ reading }) => reading.refresh(kinds)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
    recall(of) {
      for (const each of running) {
        const scope = scopes.get(each.name);
        if (scope === undefined || each.known !== undefined) continue;
        const { name, apiOrigin, reader } = each;
        const dated = of({ name, apiOrigin, reader, scope });
        if (dated !== undefined) each.inherit({ ...dated, source: 'file' });
      }
    },
    async join() {
      replicas?.start();
      await Promise.all(running.map(({ reading }) => reading.join()));
    },
    start() {
      started = true;
      replicas?.start();
      for (const { reading } of running) reading.start();
    },
    async leave() {
      await Promise.all(running.map(({ reading }) => reading.leave()));
    },
    stop() {
      started = false;
      for (const { reading } of running) reading.stop();
    },
  };
}

/** What is known of the same API; of another one it says nothing. */
function inheritance(before: Running | undefined, { name, apiOrigin }: FoundationConfig): Known | undefined {
  const known = before?.known;
  if (known === undefined || known.apiOrigin !== apiOrigin) return undefined;
  const { inventory } = known;
  return inventory.foundation === name ? known : { ...known, inventory: { ...inventory, foundation: name } };
}

function isSameUser(one: Running, other: Running): boolean {
  const isSameReader = one.reader.grant === other.reader.grant && one.reader.name === other.reader.name;
  return one.apiOrigin === other.apiOrigin && isSameReader;
}

/** What the API said of its limit is said to its user, whatever else has changed. */
function keepPace(before: Pace, next: Pace): void {
  if (before.allowance !== undefined) next.learn(before.allowance);
  if (before.pauseLeftMs > 0) next.pause(before.pauseLeftMs);
}

/** What this process has read by itself. */
function knownOf({ inventory, inventoryAgesMs }: Refresher, { nowMs, apiOrigin, reader }: Source): Known | undefined {
  if (inventory === undefined || inventoryAgesMs === undefined) return undefined;
  const readAtMs = perKind((kind) => nowMs - inventoryAgesMs[kind]);
  return { inventory, apiOrigin, reader, readAtMs, source: 'api' };
}

/** How readings end is of now, what they have given is of then. */
function datedLists(
  lists: Foundation['lists'],
  { inventory, readAtMs }: Known,
  nowMs: Milliseconds,
): Foundation['lists'] {
  return perKind((kind) => ({
    ...lists[kind],
    ageMs: Math.max(0, nowMs - readAtMs[kind]),
    elements: inventory[kind].size,
  }));
}

function readerOf(credentials: CfCredentials): Reader {
  const { grant } = credentials;
  return { grant, name: grant === 'password' ? credentials.username : credentials.clientId };
}

/** Of the one foundation that `cf.*` describes; it needs no name in the log. */
const DEFAULT_NAME = 'default';

interface Taking {
  readonly config: Config;
  readonly foundation: FoundationConfig;
  readonly scope: Scope;
  readonly lease: ConnectionLease;
}

interface Beginning {
  readonly key: string;
  readonly foundation: FoundationConfig;
  readonly scope: Scope;
  readonly connections: Connections;
  readonly inherited: Known | undefined;
}

interface Source {
  readonly apiOrigin: string;
  readonly reader: Reader;
  readonly nowMs: Milliseconds;
}
