import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { createConnectionSets } from './assembly/connection-sets.js';
import { createDirectories } from './assembly/directories.js';
import { type FileStates, MISSING_FILE } from './assembly/file-state.js';
import { createFoundations } from './assembly/foundations.js';
import { createGuardFactory, type PrintPassword } from './assembly/guards.js';
import { tellInterrupted } from './assembly/interrupted-expressions.js';
import { createInventoryStore } from './assembly/inventory-store.js';
import { createMetricsObservers } from './assembly/metrics-observers.js';
import { pathPrefixOf } from './assembly/path-prefix.js';
import { createPublisher } from './assembly/publisher.js';
import { recallInventories } from './assembly/recall-inventory.js';
import { type ConfigLoader, createReloader, type Loaded, type ReloadOutcome } from './assembly/reloader.js';
import { replicaIdOf } from './assembly/replica-id.js';
import { createReplicas } from './assembly/replicas.js';
import { optionsForRestart } from './assembly/restart-options.js';
import { selectingOf } from './assembly/rules.js';
import { createService, type Service } from './assembly/service.js';
import { showState } from './assembly/show-state.js';
import { createFileWatch } from './assembly/watch-files.js';
import { type Clock, systemClock, type Timer } from './base/clock.js';
import type { Milliseconds } from './base/duration.js';
import { VERSION } from './base/version.js';
import type { Config, LogConfig } from './config/config.js';
import { configurationHash } from './config/configuration-hash.js';
import { createScrapeLedger } from './scraping/scrape-ledger.js';
import { createCurrentDirectory } from './server/current-directory.js';
import { createHttpServer } from './server/http-server.js';
import { mostConnections } from './server/most-connections.js';
import type { Log } from './telemetry/log.js';
import { createOwnMetrics } from './telemetry/own-metrics.js';
import { addProcessMetrics, readMaxFileDescriptors } from './telemetry/process-metrics.js';
import { createRepeats } from './telemetry/repeats.js';

export interface AppOptions {
  readonly loaded: Loaded;
  /** Reads it again. */
  readonly loader: ConfigLoader;
  readonly log: Log;
  readonly configureLog: (config: LogConfig) => void;
  readonly clock?: Clock;
  /** Told the password that was made up, when one had to be: the one secret that is ever printed. */
  readonly printPassword: PrintPassword;
  /** The watchdog has given up, so the process is to stop and say so by its exit code. */
  readonly onGivenUp?: () => void;
}

export interface App {
  /** Listens and begins to read the foundations. @throws what `listen` says */
  start(): Promise<void>;
  /** Takes the configuration as it is written now, or leaves the old one in force. Never rejects. */
  reload(): Promise<ReloadOutcome>;
  /** Serves on for the drain time while unready, then finishes what runs. All is over by nine seconds. */
  stop(): Promise<void>;
  /** `http://127.0.0.1:8080`, with the path prefix; valid once started. */
  readonly url: string;
}

/** Diego sends SIGKILL ten seconds after SIGTERM (facts/cloud-foundry.md 6). */
const STOP_WITHIN_MS: Milliseconds = 9_000;

/** The start waits so long for what the replicas know. */
const JOIN_WITHIN_MS: Milliseconds = 2_000;

/** And so long, where it fails, until the replicas know. */
const LEAVE_WITHIN_MS: Milliseconds = 2_000;

/**
 * The only place that wires the parts together: foundations -> inventories -> directory -> endpoints.
 *
 * What outlives a configuration is made here once; what is made of one is a `Service`, replaced whole by a reload.
 */
export function createApp(options: AppOptions): App {
  const { loaded, loader, log, configureLog, printPassword, onGivenUp, clock = systemClock } = options;
  const { config } = loaded;
  const metrics = createOwnMetrics({
    labelNamePrefix: config.metrics.labelNamePrefix,
    version: VERSION,
    requestLatency: config.metrics.requestLatency,
    internal: config.metrics.internal,
    instanceTimeoutMs: config.discovererTimeoutSeconds * 1000,
    clock,
  });
  const observers = createMetricsObservers(metrics, config.metrics.requestLatency ? 'full' : 'failures');
  const sets = createConnectionSets();
  const current = createCurrentDirectory();
  const directories = createDirectories(clock);
  const ledger = createScrapeLedger();
  const guards = createGuardFactory(printPassword);
  const instanceId = randomUUID();
  const replicas = createReplicas({ replicaId: replicaIdOf({ host: hostname(), instanceId }), clock });
  const serverLog = log.child('server');
  const discoveryLog = log.child('discovery');
  let stopping = false;

  const publisher = createPublisher({
    foundations: () => foundations,
    directories,
    current,
    clock,
    log: discoveryLog,
    onSelected: () => tellInterrupted(service.config.rules, discoveryLog),
    onDirectory(directory) {
      service.scraper.retain(directory);
      metrics.instances.retain(new Set(directory.targets.map((target) => target.instanceId)));
    },
  });
  const foundations = createFoundations({
    observe: observers.foundation,
    clock,
    log: log.child('foundation'),
    replicas,
    onGivenUp() {
      if (!stopping) onGivenUp?.();
    },
    onInventory() {
      publisher.publish();
      store.changed();
    },
  });
  const store = createInventoryStore({
    known: () => foundations.all.flatMap(({ known }) => known ?? []),
    clock,
    log: log.child('foundation'),
    observe: observers.inventoryFile,
  });
  let files = loaded.files;
  const reloader = createReloader({
    loader,
    filesInForce: () => files,
    apply: takeOver,
    metrics,
    clock,
    log: log.child('config'),
  });
  const watch = createFileWatch(clock, async () => {
    await reloader.reload(service.config.reload.onChange ? 'everything' : 'material');
  });
  let service = make(loaded, undefined);
  select(service);

  function make({ config: next, effective }: Loaded, before: Service | undefined): Service {
    return createService({
      config: next,
      configHash: configurationHash(effective),
      before,
      sets,
      foundations,
      current,
      ledger,
      metrics,
      observers,
      clock,
      log,
      instanceId,
      guardOf: guards.guardsFor(next.inbound),
      reload: () => reloader.reload('everything'),
      isStopping: () => stopping,
    });
  }

  function select({ config: next, lease }: Service): void {
    const selecting = selectingOf(next);
    directories.configure(selecting);
    foundations.configure(next, selecting, lease);
    store.configure(next.inventoryFile);
  }

  /**
   * All or nothing: what may be refused comes first, and leaves no trace. No request comes between the rest.
   *
   * @throws what OpenSSL says to settings that it does not like
   */
  function takeOver(next: Loaded): void {
    if (stopping) throw new Error('this program is stopping');
    const old = service;
    try {
      const made = make(next, old);
      server.setTls(next.config.server.tls);
      service = made;
    } catch (error) {
      sets.retainOnly(old.lease);
      throw error;
    }
    files = next.files;
    select(service);
    server.setHeaders(next.config.server.headers);
    configureLog(next.config.log);
    tellWaiting(next.config);
    publisher.publish();
    void old.scraper.idle().then(() => sets.retainOnly(service.lease));
    watch.watch(watchedStates(next));
  }

  function tellWaiting(next: Config): void {
    const waiting = optionsForRestart(config, next);
    if (waiting.length === 0) return;
    serverLog.warn('options that take force with the next start only', { options: waiting.join(', ') });
  }

  const most = mostConnections(config.server.tls === undefined ? 'http' : 'https', readMaxFileDescriptors());
  const crowds = createRepeats(clock);
  function tellCrowded(): void {
    observers.server.crowded?.();
    const times = crowds.occurred('crowded');
    if (times !== undefined) serverLog.warn('callers hold too many connections; idle ones are closed', { most, times });
  }

  const server = createHttpServer({
    address: config.server.address,
    port: config.server.port,
    tls: config.server.tls,
    headers: config.server.headers,
    router: { handle: (...visit) => service.router.handle(...visit) },
    clock,
    mostConnections: most,
    observe: { ...observers.server, crowded: tellCrowded },
  });
  metrics.inboundConnections.computedBy(() => server.connections);
  /** Until `work` has ended, or the time is up. */
  async function soonest(work: Promise<unknown>, limitMs: Milliseconds): Promise<void> {
    let limit: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      limit = clock.after(limitMs, resolve);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      limit?.cancel();
    }
  }

  /** Who cannot listen keeps no lease: the others would wait for its end. */
  async function listen(): Promise<AddressInfo> {
    try {
      return await server.start();
    } catch (error) {
      await soonest(foundations.leave(), LEAVE_WITHIN_MS);
      foundations.stop();
      replicas.close();
      throw error;
    }
  }

  const processMetrics = addProcessMetrics(metrics.registry);
  showState(metrics, { service: () => service, current, foundations, ledger, sets });
  let url = '';

  return {
    async start() {
      const { inventoryFile } = service.config;
      await recallInventories({ store, foundations, settings: inventoryFile, clock, log: log.child('foundation') });
      await soonest(foundations.join(), JOIN_WITHIN_MS);
      publisher.publish();
      const { family, address, port } = await listen();
      const scheme = config.server.tls === undefined ? 'http' : 'https';
      url = `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}${pathPrefixOf(config)}`;
      publisher.start();
      foundations.start();
      watch.watch(watchedStates(loaded));
      serverLog.info('listening', { url, rules: config.rules.length });
    },
    reload: () => reloader.reload('everything'),
    async stop() {
      if (stopping) return;
      stopping = true;
      const startedAt = clock.monotonic();
      const drainMs = Math.min(service.config.server.drainSeconds * 1000, STOP_WITHIN_MS);
      serverLog.info('stopping', { drainSeconds: drainMs / 1000 });
      // So that another replica reads at once; this one goes on with what it has.
      const left = foundations.leave();
      await new Promise<void>((resolve) => clock.after(drainMs, resolve));
      watch.stop();
      publisher.stop();
      foundations.stop();
      const leftMs = STOP_WITHIN_MS - (clock.monotonic() - startedAt);
      await Promise.all([server.stop(leftMs), soonest(Promise.all([store.stop(), left]), leftMs)]);
      replicas.close();
      processMetrics.stop();
      await sets.close();
      await guards.close();
      serverLog.info('stopped');
    },
    get url() {
      return url;
    },
  };
}

/** Secrets and certificates always; the configuration files too where somebody asked for that. */
function watchedStates({ config, watched, states }: Loaded): FileStates {
  const files = config.reload.onChange ? [...watched.configuration, ...watched.material] : watched.material;
  return new Map(files.map((file) => [file, states.get(file) ?? MISSING_FILE]));
}
