import type { Clock } from '../base/clock.js';
import type { Config } from '../config/config.js';
import { createApiClient } from '../foundation/api-client.js';
import type { Inventory } from '../foundation/inventory.js';
import { createLister } from '../foundation/list-resources.js';
import { createPace, type Pace } from '../foundation/pace.js';
import type { Scope } from '../foundation/plan.js';
import { createRefresher, type Refresher } from '../foundation/refresh.js';
import { perKind } from '../foundation/resources.js';
import type { TokenSource } from '../foundation/token.js';
import type { Connections } from '../outbound/connections.js';
import type { Log } from '../telemetry/log.js';
import type { MetricsObservers } from './metrics-observers.js';

/** One foundation as we see it: its inventory, kept fresh. */
export interface Foundation {
  readonly refresher: Refresher;
  readonly pace: Pace;
  readonly tokens: TokenSource;
}

export interface FoundationParts {
  readonly config: Config;
  readonly scope: Scope;
  readonly connections: Connections;
  readonly observers: MetricsObservers;
  readonly clock: Clock;
  readonly log: Log;
  readonly onInventory: (inventory: Inventory) => void;
}

/** Several foundations in one process are to come; until then there is one, and this is its name. */
const FOUNDATION = 'default';

export function createFoundation({
  config,
  scope,
  connections,
  observers,
  clock,
  log,
  onInventory,
}: FoundationParts): Foundation {
  const [cf] = config.foundations;
  if (cf === undefined) throw new TypeError('a configuration has at least one foundation');
  const pace = createPace({ concurrency: cf.connectionPoolSize, ratePerSecond: cf.rateLimitPerSecond, clock });
  const api = createApiClient({
    apiUrl: cf.apiOrigin,
    login: cf.credentials,
    connections,
    pace,
    headTimeoutMs: cf.requestTimeoutMs,
    clock,
    log,
    observe: observers.api,
  });
  const refresher = createRefresher({
    foundation: FOUNDATION,
    lister: createLister({ api, pageSize: cf.pageSize, log, observe: observers.lists }),
    scope,
    refreshMs: perKind((kind) => cf.refreshSeconds[kind] * 1000),
    backoffMs: cf.backoffMs,
    clock,
    random: Math.random,
    log,
    observe: observers.lists,
    onInventory,
  });
  return { refresher, pace, tokens: api.tokens };
}
