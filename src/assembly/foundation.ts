import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { CfCredentials, FoundationConfig } from '../config/config.js';
import { createApiClient } from '../foundation/api-client.js';
import type { DatedInventory, Reader } from '../foundation/dated-inventory.js';
import type { Inventory } from '../foundation/inventory.js';
import { createLister } from '../foundation/list-resources.js';
import { createPace, type Pace } from '../foundation/pace.js';
import { createRefresher, type ListStatus, type Refresher } from '../foundation/refresh.js';
import { perKind, type ResourceKind } from '../foundation/resources.js';
import type { NextTry } from '../foundation/token.js';
import { createWatchdog } from '../foundation/watchdog.js';
import type { Connections } from '../outbound/connections.js';
import type { Replication } from '../replication/replication.js';
import type { Log } from '../telemetry/log.js';
import type { Selecting } from './directories.js';
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

/** What the rules want of its lists. */
export type FoundationRules = Pick<Selecting, 'scope' | 'scopeText'>;

/** For those that keep it. */
export interface KeptFoundation extends Foundation, Forgotten {
  /** Equal where its options are. */
  readonly key: string;
  readonly pace: Pace;
  readonly reading: Reading;
  /** Goes on from this until it has read by itself. */
  inherit(known: Known): void;
  /** From now on it is read for these rules, and shared with replicas that have the same. */
  follow(rules: FoundationRules): void;
}

/** The same for all foundations of one process. */
export interface FoundationSurroundings {
  readonly clock: Clock;
  /** A watchdog has seen one failure too many. */
  readonly onGivenUp: () => void;
  /** Whether failures say when it is tried again; `told` unless said. */
  readonly nextTry?: NextTry;
  /** Absent: nothing is shared. */
  readonly replicas?: Replicas;
}

export interface KeptFoundationOptions extends FoundationSurroundings {
  readonly key: string;
  readonly foundation: FoundationConfig;
  readonly scope: FoundationRules['scope'];
  readonly connections: Connections;
  readonly inherited: Known | undefined;
  readonly observe: FoundationObservers;
  readonly log: Log;
  readonly onInventory: () => void;
}

/** One that does not run yet, and shares nothing until it has been told its rules. */
export function createFoundation(options: KeptFoundationOptions): KeptFoundation {
  const { key, foundation, connections, observe, log, clock, nextTry, replicas, onGivenUp } = options;
  const { name, apiOrigin } = foundation;
  let { scope, inherited } = options;
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
    nextTry,
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
      options.onInventory();
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
      onGivenUp,
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
      judge,
    },
  });

  function known(): Known | undefined {
    return inherited ?? knownOf(refresher, { apiOrigin, reader, nowMs: clock.now() });
  }

  /** What another replica has read, as a file of an earlier process would be judged. */
  function judge(dated: DatedInventory): DatedInventory | string {
    const maxAgeMs = replicas?.maxAgeMs;
    if (maxAgeMs === undefined) return 'nothing is shared any more';
    const judged = judgeInventory([dated], { name, apiOrigin, reader, scope }, { nowMs: clock.now(), maxAgeMs });
    return judged.ok ? judged.dated : judged.reason;
  }

  return {
    name,
    key,
    apiOrigin,
    reader,
    get scope() {
      return scope;
    },
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
    follow(rules) {
      if (rules.scope !== scope) refresher.rescope(rules.scope);
      scope = rules.scope;
      reading.share(rules.scopeText);
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
export const DEFAULT_NAME = 'default';

interface Source {
  readonly apiOrigin: string;
  readonly reader: Reader;
  readonly nowMs: Milliseconds;
}
