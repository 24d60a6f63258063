import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { VERSION } from '../base/version.js';
import type { Authenticator, Config } from '../config/config.js';
import { type AuthenticatorOptions, createAuthenticators } from '../credentials/authenticator.js';
import type { Connections } from '../outbound/connections.js';
import { createScraper, type Scraper } from '../scraping/scraper.js';
import type { Log } from '../telemetry/log.js';
import type { MetricsObservers } from './metrics-observers.js';

export interface ScraperParts {
  readonly config: Config;
  readonly connections: Connections;
  readonly observers: MetricsObservers;
  readonly clock: Clock;
  readonly log: Log;
  readonly onGone: () => void;
}

/** For callers that grant nothing, as curl does. */
const DEFAULT_LIMIT_MS: Milliseconds = 5_000;

export function createConfiguredScraper({ config, connections, observers, clock, log, onGone }: ScraperParts): Scraper {
  const { scraping, authenticators } = config;
  return createScraper({
    connections,
    authenticators: createAuthenticators(
      plain(authenticators.byDefault),
      new Map([...authenticators.byId].map(([id, each]) => [id, plain(each)])),
    ),
    clock,
    log,
    instanceId: randomUUID(),
    userAgent: `Promregator/${VERSION}`,
    timeLimit: { capMs: scraping.maxProcessingMs, defaultMs: DEFAULT_LIMIT_MS },
    pauseTimeoutMs: scraping.socketReadTimeoutMs,
    foreignRedirects: scraping.followForeignRedirects ? 'follow' : 'fail',
    maxResponseBytes: scraping.maxResponseBytes,
    maxBufferedBytes: scraping.maxBufferedBytes,
    maxConcurrentPerInstance: scraping.maxConcurrentPerInstance,
    observe: observers.scrapes,
    onGone,
  });
}

/** The others come with the parts that ask for tokens. */
function plain(authenticator: Authenticator): AuthenticatorOptions {
  if (authenticator.type === 'none' || authenticator.type === 'basic') return authenticator;
  throw new TypeError(`authenticators of type ${authenticator.type} are not wired yet`);
}
