import { type Clock, systemClock } from '../../../src/base/clock.js';
import { PLAIN_TLS } from '../../../src/config/tls-material/tls-config.js';
import type { Authenticators } from '../../../src/credentials/authenticator.js';
import type { Directory } from '../../../src/discovery/directory.js';
import { createConnectTo } from '../../../src/outbound/connect-to.js';
import { createConnections } from '../../../src/outbound/connections.js';
import { createScrapeLedger } from '../../../src/scraping/scrape-ledger.js';
import { createScraper, type ScrapeReport, type Scraper, type ScraperOptions } from '../../../src/scraping/scraper.js';
import type { AddressOptions } from '../../../src/server/advertised-address.js';
import { createCurrentDirectory } from '../../../src/server/current-directory.js';
import {
  type CacheInvalidateOptions,
  cacheInvalidateEndpoint,
} from '../../../src/server/endpoints/cache-invalidate.js';
import { debugDiscoveryEndpoint } from '../../../src/server/endpoints/debug-discovery.js';
import { discoveryEndpoint } from '../../../src/server/endpoints/discovery.js';
import { healthyEndpoint, readyEndpoint } from '../../../src/server/endpoints/health.js';
import { landingPageEndpoint } from '../../../src/server/endpoints/landing-page.js';
import { mergedMetricsEndpoint } from '../../../src/server/endpoints/merged-metrics.js';
import { ownMetricsEndpoint } from '../../../src/server/endpoints/own-metrics.js';
import { type SingleTargetOptions, singleTargetEndpoint } from '../../../src/server/endpoints/single-target.js';
import { type Guard, OPEN } from '../../../src/server/guard.js';
import { createHttpServer, type HttpServer } from '../../../src/server/http-server.js';
import { createLoopRefusal } from '../../../src/server/loop-refusal.js';
import { createRouter } from '../../../src/server/router.js';
import { createLog } from '../../../src/telemetry/log.js';
import { createRegistry, type Registry } from '../../../src/telemetry/registry.js';

/** Everything between Prometheus and an instance, the real parts, around a directory made by hand. */
export interface ScrapeProxy {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly server: HttpServer;
  readonly scraper: Scraper;
  readonly registry: Registry;
  /** Scrapes as they were reported, oldest first. */
  readonly scrapes: readonly ScrapeReport[];
  /** Resolves once that many scrapes have been reported. */
  scraped(count: number): Promise<void>;
  /** `<endpoint> <status>` of each answer. */
  readonly answers: readonly string[];
  /** Log lines. */
  readonly log: readonly string[];
  /** Times that the router knew no such instance. */
  readonly gone: number;
  replace(directory: Directory): void;
  stop(): Promise<void>;
}

export interface ProxyOptions extends Partial<Omit<ScraperOptions, 'observe' | 'onGone' | 'log'>> {
  /** Undefined: there is none yet. */
  readonly directory?: Directory;
  /** For the server and for scrapes. */
  readonly clock?: Clock;
  readonly serverAddress?: string;
  readonly failureResponse?: SingleTargetOptions['failureResponse'];
  readonly guard?: Guard;
  readonly pathPrefix?: string;
  readonly address?: Partial<AddressOptions>;
  readonly ownMetricsEndpoint?: boolean;
  readonly applicationId?: string;
  readonly refresh?: CacheInvalidateOptions['refresh'];
  readonly whyNotReady?: string;
  readonly connectTimeoutMs?: number;
}

export const PROXY_ID = '0b7e6a4e-9a3f-4a53-9d0f-6f6a1d1c2b3a';
export const PROXY_USER_AGENT = 'Promregator/0.0.0-test';

/** No credentials for anybody. */
const NO_AUTHENTICATORS: Authenticators = {
  find: () => ({ tokenService: undefined, authorization: () => undefined, replacement: () => undefined }),
  clients: [],
};

export async function startProxy(options: ProxyOptions = {}): Promise<ScrapeProxy> {
  const clock = options.clock ?? systemClock;
  const scrapes: ScrapeReport[] = [];
  const waiting = new Map<number, () => void>();
  const answers: string[] = [];
  const lines: string[] = [];
  let gone = 0;
  const log = createLog({
    levels: { root: 'debug', loggers: new Map() },
    outputs: [{ format: 'text', destination: { write: (line) => lines.push(line) } }],
  });
  const connections = createConnections({
    connectTo: createConnectTo([]),
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    tls: PLAIN_TLS,
    maxIdle: 100,
    keepAliveMs: 60_000,
  });
  const scraper = createScraper({
    connectionsFor: () => connections,
    authenticators: NO_AUTHENTICATORS,
    ledger: createScrapeLedger(),
    instanceId: PROXY_ID,
    userAgent: PROXY_USER_AGENT,
    timeLimit: { capMs: undefined, defaultMs: 5_000 },
    pauseTimeoutMs: undefined,
    foreignRedirects: 'fail',
    maxResponseBytes: 64 * 1024 * 1024,
    maxBufferedBytes: 256 * 1024 * 1024,
    maxConcurrentPerInstance: 4,
    ...options,
    clock,
    log,
    observe: {
      finished(report) {
        scrapes.push(report);
        waiting.get(scrapes.length)?.();
      },
    },
    onGone: () => {
      gone += 1;
    },
  });
  const current = createCurrentDirectory();
  if (options.directory !== undefined) current.replace(options.directory);
  const registry = createRegistry();
  const guard = options.guard ?? OPEN;
  const pathPrefix = options.pathPrefix ?? '';
  const whyNotReady = (): string => options.whyNotReady ?? 'There is no complete list of targets yet.';
  const loop = createLoopRefusal({ current, applicationId: options.applicationId, clock, log });
  const router = createRouter({
    pathPrefix,
    onError: (error) => log.error('a request went wrong within this program', { error }),
    endpoints: [
      singleTargetEndpoint({
        guard,
        current,
        scraper,
        loop,
        failureResponse: options.failureResponse ?? 'error',
        whyNotReady,
        monotonic: () => clock.monotonic(),
      }),
      discoveryEndpoint({
        guard,
        current,
        configHash: 0xc0ffee,
        address: {
          hostname: undefined,
          port: undefined,
          scheme: undefined,
          externalUrl: undefined,
          believed: { contains: () => false },
          contextPath: pathPrefix,
          ...options.address,
        },
        ownMetricsEndpoint: options.ownMetricsEndpoint ?? false,
        whyNotReady,
      }),
      debugDiscoveryEndpoint({ guard, current, whyNotReady, inventory: () => ({}) }),
      ownMetricsEndpoint({ guard, registry }),
      mergedMetricsEndpoint({ guard, loop }),
      cacheInvalidateEndpoint({ guard, refresh: options.refresh ?? (() => Promise.resolve()), clock }),
      healthyEndpoint(),
      readyEndpoint(() => (current.directory === undefined ? whyNotReady() : undefined)),
      landingPageEndpoint(guard),
    ],
  });
  const server = createHttpServer({
    address: options.serverAddress ?? '127.0.0.1',
    port: 0,
    router,
    clock,
    observe: { answered: (endpoint, status) => answers.push(`${endpoint} ${status}`) },
  });
  const { port } = await server.start();

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    scraper,
    registry,
    scrapes,
    scraped: (count) =>
      scrapes.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.set(count, resolve)),
    answers,
    log: lines,
    get gone() {
      return gone;
    },
    replace(directory) {
      current.replace(directory);
      scraper.retain(directory);
    },
    async stop() {
      await server.stop(0);
      await connections.close();
    },
  };
}
