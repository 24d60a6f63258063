import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Config, FoundationConfig } from '../config/config.js';
import { createApiClient } from '../foundation/api-client.js';
import type { Inventory } from '../foundation/inventory.js';
import { createLister } from '../foundation/list-resources.js';
import { createPace } from '../foundation/pace.js';
import type { Scope } from '../foundation/plan.js';
import { createRefresher, type Refresher } from '../foundation/refresh.js';
import { perKind, type ResourceKind } from '../foundation/resources.js';
import type { Connections } from '../outbound/connections.js';
import type { Log } from '../telemetry/log.js';
import type { ConnectionLease } from './connection-sets.js';
import { apiConnections } from './connections.js';
import type { Selecting } from './directories.js';
import { fingerprint } from './fingerprint.js';
import type { FoundationObservers } from './metrics-observers.js';

/** One foundation as we see it: its inventory, kept fresh. */
export interface Foundation {
  readonly name: string;
  readonly refresher: Refresher;
  /** The last complete one, perhaps of the time before a reload; undefined until there is one. */
  readonly inventory: Inventory | undefined;
  readonly rateLimitQueue: number;
  /** Milliseconds since the epoch; undefined while there is no token. */
  readonly tokenExpiresAtMs: Milliseconds | undefined;
}

export interface FoundationsOptions {
  readonly observe: (foundation: string) => FoundationObservers;
  readonly clock: Clock;
  readonly log: Log;
  /** An inventory of this foundation is new. */
  readonly onInventory: (foundation: string) => void;
}

/** All foundations of one process. What happens to one of them concerns no other. */
export interface Foundations {
  readonly all: readonly Foundation[];
  /**
   * Takes the foundations of a configuration, each with the scope of its rules. One whose options stay goes on; one that changed begins
   * anew, and what it knew stays in force until then; one that is named no more ends.
   */
  configure(config: Config, selecting: readonly Selecting[], lease: ConnectionLease): void;
  /** Reads these lists of all foundations now. @throws {ApiError} of one that failed, when all have ended */
  refresh(kinds: readonly ResourceKind[]): Promise<void>;
  start(): void;
  stop(): void;
}

interface Running extends Foundation {
  readonly key: string;
  readonly apiOrigin: string;
}

export function createFoundations(options: FoundationsOptions): Foundations {
  let running: readonly Running[] = [];
  let started = false;

  function take({ config, foundation, scope, lease }: Taking): Running {
    const connections = lease.of(apiConnections(config, foundation));
    const key = fingerprint([foundation, config.connectTo]);
    const before = running.find(({ name }) => name === foundation.name);
    if (before?.key === key) {
      before.refresher.rescope(scope);
      return before;
    }
    before?.refresher.stop();
    const sameApi = before?.apiOrigin === foundation.apiOrigin;
    const begun = begin({ key, foundation, scope, connections, inherited: sameApi ? before?.inventory : undefined });
    if (started) begun.refresher.start();
    return begun;
  }

  function begin({ key, foundation, scope, connections, inherited }: Beginning): Running {
    const { name } = foundation;
    const { clock } = options;
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
      pace,
      headTimeoutMs: foundation.requestTimeoutMs,
      clock,
      log,
      observe: observe.api,
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
      onInventory: () => options.onInventory(name),
    });
    return {
      name,
      key,
      apiOrigin: foundation.apiOrigin,
      refresher,
      get inventory() {
        return refresher.inventory ?? inherited;
      },
      get rateLimitQueue() {
        return pace.waiting;
      },
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
      const next = config.foundations.flatMap((foundation) => {
        const scope = selecting.find((each) => each.foundation === foundation.name)?.scope;
        return scope === undefined ? [] : take({ config, foundation, scope, lease });
      });
      for (const { name, refresher } of running) if (!next.some((each) => each.name === name)) refresher.stop();
      running = next;
    },
    async refresh(kinds) {
      const outcomes = await Promise.allSettled(running.map(({ refresher }) => refresher.refresh(kinds)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
    start() {
      started = true;
      for (const { refresher } of running) refresher.start();
    },
    stop() {
      started = false;
      for (const { refresher } of running) refresher.stop();
    },
  };
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
  readonly inherited: Inventory | undefined;
}
