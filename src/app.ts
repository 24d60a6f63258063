import { announceDirectory } from './assembly/announce.js';
import { createApiConnections, createTargetConnections } from './assembly/connections.js';
import { createEndpoints, pathPrefixOf } from './assembly/endpoints.js';
import { createFoundation } from './assembly/foundation.js';
import type { PrintPassword } from './assembly/guards.js';
import { createMetricsObservers } from './assembly/metrics-observers.js';
import { createConfiguredScraper } from './assembly/scraper.js';
import { showState } from './assembly/show-state.js';
import { type Clock, systemClock } from './base/clock.js';
import type { Milliseconds } from './base/duration.js';
import { VERSION } from './base/version.js';
import type { Config } from './config/config.js';
import { foundationScope } from './discovery/scope.js';
import { selectTargets } from './discovery/select.js';
import type { Inventory } from './foundation/inventory.js';
import { createCurrentDirectory } from './server/current-directory.js';
import { createHttpServer } from './server/http-server.js';
import { createRouter } from './server/router.js';
import type { Log } from './telemetry/log.js';
import { createOwnMetrics } from './telemetry/own-metrics.js';
import { addProcessMetrics } from './telemetry/process-metrics.js';

export interface AppOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  /** Told the password that was made up, when one had to be: the one secret that is ever printed. */
  readonly printPassword: PrintPassword;
}

export interface App {
  /** Listens and begins to read the foundation. @throws what `listen` says */
  start(): Promise<void>;
  /** Serves on for the drain time while unready, then finishes what runs. All is over by nine seconds. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8080`, with the path prefix; valid once started. */
  readonly url: string;
}

/** Diego sends SIGKILL ten seconds after SIGTERM (facts/cloud-foundry.md 6). */
const STOP_WITHIN_MS: Milliseconds = 9_000;

/**
 * The only place that wires the parts together: foundation -> inventory -> directory -> endpoints.
 *
 * @throws when a file of certificate authorities cannot be read
 */
export async function createApp({ config, log, clock = systemClock, printPassword }: AppOptions): Promise<App> {
  const metrics = createOwnMetrics({
    labelNamePrefix: config.metrics.labelNamePrefix,
    version: VERSION,
    requestLatency: config.metrics.requestLatency,
    internal: config.metrics.internal,
    instanceTimeoutMs: config.discovererTimeoutSeconds * 1000,
    clock,
  });
  const observers = createMetricsObservers(metrics, config.metrics.requestLatency ? 'full' : 'failures');
  // A target has one path until discovery takes several.
  const rules = config.rules.map((rule) => ({ ...rule, path: rule.paths[0] ?? '/metrics' }));
  const scope = foundationScope({ rules, pageSize: config.foundations[0]?.pageSize ?? 1000 });
  const current = createCurrentDirectory();
  let stopping = false;

  const apiConnections = createApiConnections(config);
  const { refresher, pace, tokens } = createFoundation({
    config,
    scope,
    connections: apiConnections,
    observers,
    clock,
    log: log.child('foundation'),
    onInventory: takeInventory,
  });
  const connections = createTargetConnections(config);
  const scraper = createConfiguredScraper({
    config,
    connections,
    observers,
    clock,
    log: log.child('scraping'),
    onGone: () => refresher.suspect('processes'),
  });

  function takeInventory(inventory: Inventory): void {
    if (!scope.isCoveredBy(inventory)) return;
    const startedAt = clock.monotonic();
    const { defaultInternalRoutePort } = config;
    const next = selectTargets({ rules, inventory, defaultInternalRoutePort });
    const selectedInMs = clock.monotonic() - startedAt;
    announceDirectory({ next, before: current.directory, selectedInMs }, log.child('discovery'));
    current.replace(next);
    scraper.retain(next);
    metrics.instances.retain(new Set(next.targets.map((target) => target.instanceId)));
  }

  const pathPrefix = pathPrefixOf(config);
  const serverLog = log.child('server');
  const server = createHttpServer({
    address: config.server.address,
    port: config.server.port,
    router: createRouter({
      pathPrefix,
      endpoints: createEndpoints({
        config,
        current,
        refresher,
        scraper,
        registry: metrics.registry,
        clock,
        log: serverLog,
        printPassword,
        isStopping: () => stopping,
      }),
      onError: (error, { url }) => serverLog.error('a request went wrong within this program', { path: url, error }),
    }),
    clock,
    observe: observers.server,
  });
  const processMetrics = addProcessMetrics(metrics.registry);
  showState(metrics, { current, refresher, scraper, connections, pace, tokens });
  let url = '';

  return {
    async start() {
      const { family, address, port } = await server.start();
      url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${pathPrefix}`;
      refresher.start();
      serverLog.info('listening', { url, rules: rules.length });
    },
    async stop() {
      if (stopping) return;
      stopping = true;
      const startedAt = clock.monotonic();
      const drainMs = Math.min(config.server.drainSeconds * 1000, STOP_WITHIN_MS);
      serverLog.info('stopping', { drainSeconds: drainMs / 1000 });
      await new Promise<void>((resolve) => clock.after(drainMs, resolve));
      refresher.stop();
      await server.stop(STOP_WITHIN_MS - (clock.monotonic() - startedAt));
      processMetrics.stop();
      await Promise.all([connections.close(), apiConnections.close()]);
      serverLog.info('stopped');
    },
    get url() {
      return url;
    },
  };
}
