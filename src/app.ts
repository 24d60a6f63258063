import { randomUUID } from 'node:crypto';
import { createApiConnections, createTargetConnections } from './assembly/connections.js';
import { createGuards, type PrintPassword } from './assembly/guards.js';
import { createMetricsObservers } from './assembly/metrics-observers.js';
import { showState } from './assembly/show-state.js';
import { type Clock, systemClock } from './base/clock.js';
import type { Milliseconds } from './base/duration.js';
import { describeError } from './base/errors.js';
import { VERSION } from './base/version.js';
import type { Config, Rule as ConfiguredRule } from './config/config.js';
import { createAuthenticators } from './credentials/authenticator.js';
import type { Directory } from './discovery/directory.js';
import type { Rule } from './discovery/rules.js';
import { foundationScope } from './discovery/scope.js';
import { selectTargets } from './discovery/select.js';
import { createApiClient } from './foundation/api-client.js';
import type { Inventory } from './foundation/inventory.js';
import { createLister } from './foundation/list-resources.js';
import { createPace } from './foundation/pace.js';
import { createRefresher, type Refresher } from './foundation/refresh.js';
import { perKind, RESOURCE_KINDS } from './foundation/resources.js';
import { createScraper } from './scraping/scraper.js';
import { createCurrentDirectory } from './server/current-directory.js';
import { cacheInvalidateEndpoint } from './server/endpoints/cache-invalidate.js';
import { debugDiscoveryEndpoint } from './server/endpoints/debug-discovery.js';
import { discoveryEndpoint } from './server/endpoints/discovery.js';
import { healthyEndpoint, readyEndpoint } from './server/endpoints/health.js';
import { landingPageEndpoint } from './server/endpoints/landing-page.js';
import { mergedMetricsEndpoint } from './server/endpoints/merged-metrics.js';
import { ownMetricsEndpoint } from './server/endpoints/own-metrics.js';
import { singleTargetEndpoint } from './server/endpoints/single-target.js';
import { createHttpServer } from './server/http-server.js';
import { createLoopRefusal } from './server/loop-refusal.js';
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
  /** Listens and begins to read the foundation. @throws what `listen` says, or that a certificate file cannot be read */
  start(): Promise<void>;
  /** Serves on for the drain time while unready, then finishes what runs. All is over by nine seconds. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8080`, with the path prefix; valid once started. */
  readonly url: string;
}

/** Diego sends SIGKILL ten seconds after SIGTERM (facts/cloud-foundry.md 6). */
const STOP_WITHIN_MS: Milliseconds = 9_000;

const DEFAULT_SCRAPE_LIMIT_MS: Milliseconds = 5_000;

/** The only place that wires the parts together, and the only one that sees the whole configuration. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, log } = options;
  const clock = options.clock ?? systemClock;
  const metrics = createOwnMetrics({
    labelNamePrefix: config.metrics.labelNamePrefix,
    version: VERSION,
    requestLatency: config.metrics.requestLatency,
    internal: config.metrics.internal,
    instanceTimeoutMs: config.discovererTimeoutSeconds * 1000,
    clock,
  });
  const observers = createMetricsObservers(metrics, config.metrics.requestLatency ? 'full' : 'failures');
  const current = createCurrentDirectory();
  const rules = config.rules.map(toRule);
  const scope = foundationScope({ rules, pageSize: config.cf.pageSize });
  let stopping = false;

  const apiConnections = await createApiConnections(config);
  const targetConnections = await createTargetConnections(config);

  const pace = createPace({
    concurrency: config.cf.connectionPoolSize,
    ratePerSecond: config.cf.rateLimitPerSecond,
    clock,
  });
  const api = createApiClient({
    apiUrl: config.cf.apiOrigin,
    login: config.cf.credentials,
    connections: apiConnections,
    pace,
    headTimeoutMs: config.cf.requestTimeoutMs,
    clock,
    log: log.child('foundation'),
    observe: observers.api,
  });
  const refresher = createRefresher({
    foundation: FOUNDATION,
    lister: createLister({ api, pageSize: config.cf.pageSize, log: log.child('foundation'), observe: observers.lists }),
    scope,
    refreshMs: perKind((kind) => config.cf.refreshSeconds[kind] * 1000),
    backoffMs: config.cf.backoffMs,
    clock,
    random: Math.random,
    log: log.child('foundation'),
    observe: observers.lists,
    onInventory: (inventory) => takeInventory(inventory),
  });

  const scraper = createScraper({
    connections: targetConnections,
    authenticators: createAuthenticators(config.authenticators.byDefault, config.authenticators.byId),
    clock,
    log: log.child('scraping'),
    instanceId: randomUUID(),
    userAgent: `Promregator/${VERSION}`,
    timeLimit: { capMs: config.scraping.maxProcessingMs, defaultMs: DEFAULT_SCRAPE_LIMIT_MS },
    pauseTimeoutMs: config.scraping.socketReadTimeoutMs,
    foreignRedirects: config.scraping.followForeignRedirects ? 'follow' : 'fail',
    maxResponseBytes: config.scraping.maxResponseBytes,
    maxBufferedBytes: config.scraping.maxBufferedBytes,
    maxConcurrentPerInstance: config.scraping.maxConcurrentPerInstance,
    observe: observers.scrapes,
    onGone: () => refresher.suspect('processes'),
  });

  function takeInventory(inventory: Inventory): void {
    if (!scope.isCoveredBy(inventory)) return;
    const startedAt = clock.monotonic();
    const { defaultInternalRoutePort } = config;
    const directory = selectTargets({ rules, inventory, defaultInternalRoutePort });
    announce(directory, current.directory, log, clock.monotonic() - startedAt);
    current.replace(directory);
    scraper.retain(directory);
    metrics.instances.retain(new Set(directory.targets.map((target) => target.instanceId)));
  }

  function whyNotReady(): string {
    const error = RESOURCE_KINDS.map((kind) => refresher.lists[kind].error).find((each) => each !== undefined);
    const reason = error === undefined ? 'its lists are being read' : describeError(error);
    return `There is no complete list of targets yet: ${reason}.`;
  }

  const guardOf = createGuards(config, options.printPassword);
  const loop = createLoopRefusal({ current, applicationId: config.platform.applicationId, log: log.child('server') });
  const { externalUrl } = config.discovery;
  const pathPrefix = config.server.contextPath === '' ? (externalUrl?.path ?? '') : config.server.contextPath;
  const discoveryGuard = guardOf(config.discovery.auth);
  const endpointGuard = guardOf(config.endpointAuth);
  const router = createRouter({
    pathPrefix,
    onError: (error, request) => log.error('a request went wrong within this program', { path: request.url, error }),
    endpoints: [
      singleTargetEndpoint({
        guard: endpointGuard,
        current,
        scraper,
        loop,
        failureResponse: config.scraping.failureResponse,
        whyNotReady,
        monotonic: () => clock.monotonic(),
      }),
      discoveryEndpoint({
        guard: discoveryGuard,
        current,
        address: {
          ...config.discovery,
          believed: config.platform.cloudFoundry ? 'everybody' : config.trustedProxies,
          contextPath: pathPrefix,
        },
        ownMetricsEndpoint: config.discovery.ownMetricsEndpoint,
        whyNotReady,
      }),
      debugDiscoveryEndpoint({
        guard: discoveryGuard,
        current,
        whyNotReady,
        inventory: () => inventoryView(refresher),
      }),
      ownMetricsEndpoint({ guard: guardOf(config.metricsAuth), registry: metrics.registry }),
      mergedMetricsEndpoint({ guard: endpointGuard, loop }),
      cacheInvalidateEndpoint({
        guard: guardOf(config.cacheInvalidateAuth),
        refresh: (kinds) => refresher.refresh(kinds),
        clock,
      }),
      healthyEndpoint(),
      readyEndpoint(() => {
        if (stopping) return 'Promregator is stopping.';
        return current.directory === undefined ? whyNotReady() : undefined;
      }),
      landingPageEndpoint(discoveryGuard),
    ],
  });
  const server = createHttpServer({
    address: config.server.address,
    port: config.server.port,
    router,
    clock,
    observe: observers.server,
  });

  const processMetrics = addProcessMetrics(metrics.registry);
  showState(metrics, { current, refresher, scraper, connections: targetConnections, pace, tokens: api.tokens });
  let url = '';

  return {
    async start() {
      const address = await server.start();
      const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
      url = `http://${host}:${address.port}${pathPrefix}`;
      refresher.start();
      log.info('listening', { url, rules: rules.length });
    },
    async stop() {
      if (stopping) return;
      stopping = true;
      const startedAt = clock.monotonic();
      const drainMs = Math.min(config.server.drainSeconds * 1000, STOP_WITHIN_MS);
      log.info('stopping', { drainSeconds: drainMs / 1000 });
      await pause(drainMs, clock);
      refresher.stop();
      await server.stop(STOP_WITHIN_MS - (clock.monotonic() - startedAt));
      processMetrics.stop();
      await Promise.all([targetConnections.close(), apiConnections.close()]);
      log.info('stopped');
    },
    get url() {
      return url;
    },
  };
}

/** Several foundations in one process are to come; until then there is one, and this is its name. */
const FOUNDATION = 'default';

/** The configuration's rule in the words of discovery. */
function toRule({ preferredRoutes, ...rule }: ConfiguredRule): Rule {
  return { ...rule, preferredRouteRegex: preferredRoutes };
}

function announce(next: Directory, before: Directory | undefined, log: Log, selectedInMs: Milliseconds): void {
  const facts = {
    instances: next.targets.length,
    leftOut: next.leftOut.length,
    selectedInMs: Math.round(selectedInMs),
  };
  if (before === undefined) log.info('the first directory of targets is complete', facts);
  else log.debug('the directory of targets was made anew', facts);
  const known = new Set(before?.warnings);
  for (const warning of next.warnings) if (!known.has(warning)) log.warn(warning);
  for (const rule of next.rules) {
    const matchedBefore = before?.rules.find((each) => each.rule === rule.rule)?.applications ?? 1;
    if (rule.applications === 0 && matchedBefore > 0) log.warn('a rule matches no application', { rule: rule.rule });
  }
}

function inventoryView(refresher: Refresher): unknown {
  return perKind((kind) => {
    const { ageMs, elements, failures, error } = refresher.lists[kind];
    const ageSeconds = ageMs === undefined ? null : Math.round(ageMs / 1000);
    return {
      elements: elements ?? null,
      ageSeconds,
      failures,
      error: error === undefined ? null : describeError(error),
    };
  });
}

function pause(ms: Milliseconds, clock: Clock): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => clock.after(ms, resolve));
}
