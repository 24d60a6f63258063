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
   * Takes the foundations of a configuration, each with the scope of its rules. One whose options stay goes on; one that
   * changed, perhaps by its name, begins anew, and what was known of the same API stays in force until then; one that is
   * named no more ends.
   *
   * @throws what `lease` says, before anything has changed
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

  /** One that runs on, or a new one that does not run yet. */
  function take({ config, foundation, lease, scope }: Taking): Running {
    const connections = lease.of(apiConnections(config, foundation));
    const key = fingerprint([foundation, config.connectTo]);
    const before = running.find(({ name }) => name === foundation.name) ?? renamed(config, foundation);
    if (before?.key === key) return before;
    return begin({ key, foundation, scope, connections, inherited: inheritance(before, foundation) });
  }

  /** One with this API whose name is gone. */
  function renamed(config: Config, { apiOrigin }: FoundationConfig): Running | undefined {
    const names = config.foundations.map(({ name }) => name);
    return running.find((each) => each.apiOrigin === apiOrigin && !names.includes(each.name));
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
      tlsGroup: name === DEFAULT_NAME ? 'cf.tls_config' : 'foundations[].tls_config',
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
      const scopes = new Map(selecting.map(({ foundation, scope }) => [foundation, scope]));
      const next = config.foundations.flatMap((foundation) => {
        const scope = scopes.get(foundation.name);
        return scope === undefined ? [] : take({ config, foundation, lease, scope });
      });
      const before = running;
      running = next;
      for (const each of before) if (!next.includes(each)) each.refresher.stop();
      for (const each of next) {
        if (!before.includes(each)) {
          if (started) each.refresher.start();
          continue;
        }
        const scope = scopes.get(each.name);
        if (scope !== undefined) each.refresher.rescope(scope);
      }
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

/** What is known of the same API; of another one it says nothing. */
function inheritance(before: Running | undefined, { name, apiOrigin }: FoundationConfig): Inventory | undefined {
  if (before?.inventory === undefined || before.apiOrigin !== apiOrigin) return undefined;
  return before.name === name ? before.inventory : { ...before.inventory, foundation: name };
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
