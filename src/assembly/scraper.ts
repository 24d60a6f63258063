import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { VERSION } from '../base/version.js';
import type { Config, TlsConfig } from '../config/config.js';
import { type Authenticators, createAuthenticators } from '../credentials/authenticator.js';
import type { TargetApplication } from '../discovery/directory.js';
import type { Connections } from '../outbound/connections.js';
import type { ScrapeLedger } from '../scraping/scrape-ledger.js';
import { createScraper, type Scraper } from '../scraping/scraper.js';
import type { Log } from '../telemetry/log.js';
import type { MetricsObservers } from './metrics-observers.js';

export interface AuthenticatorParts {
  readonly config: Config;
  /** Towards a token service. */
  readonly connectionsFor: (tls: TlsConfig) => Connections;
  /** Of the configuration before: clients that are in both keep their tokens. */
  readonly before: Authenticators | undefined;
  readonly observers: MetricsObservers;
  readonly clock: Clock;
  readonly log: Log;
}

export function createConfiguredAuthenticators({ config, observers, ...parts }: AuthenticatorParts): Authenticators {
  return createAuthenticators({ ...config.authenticators, ...parts, observe: observers.authenticators });
}

export interface ScraperParts {
  readonly config: Config;
  /** Towards an application, by its `tlsId`. */
  readonly connectionsFor: (tlsId: string | undefined) => Connections;
  readonly authenticators: Authenticators;
  readonly hasAccess: (application: TargetApplication) => boolean;
  /** Outlives the scraper. */
  readonly ledger: ScrapeLedger;
  readonly observers: MetricsObservers;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this process, for the loop mark. */
  readonly instanceId: string;
  readonly onGone: () => void;
}

/** For callers that grant nothing, as curl does. */
const DEFAULT_LIMIT_MS: Milliseconds = 5_000;

export function createConfiguredScraper({ config, observers, ...parts }: ScraperParts): Scraper {
  const { scraping } = config;
  return createScraper({
    ...parts,
    userAgent: `Promregator/${VERSION}`,
    timeLimit: { capMs: scraping.maxProcessingMs, defaultMs: DEFAULT_LIMIT_MS },
    pauseTimeoutMs: scraping.socketReadTimeoutMs,
    foreignRedirects: scraping.followForeignRedirects ? 'follow' : 'fail',
    maxResponseBytes: scraping.maxResponseBytes,
    maxBufferedBytes: scraping.maxBufferedBytes,
    maxConcurrentPerInstance: scraping.maxConcurrentPerInstance,
    observe: observers.scrapes,
  });
}
