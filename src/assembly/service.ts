import type { Clock } from '../base/clock.js';
import type { Config } from '../config/config.js';
import type { Authenticators } from '../credentials/authenticator.js';
import type { ScrapeLedger } from '../scraping/scrape-ledger.js';
import type { Scraper } from '../scraping/scraper.js';
import type { CurrentDirectory } from '../server/current-directory.js';
import { createRateLimit } from '../server/rate-limited-guard.js';
import { createRouter, type Router } from '../server/router.js';
import type { Log } from '../telemetry/log.js';
import type { OwnMetrics } from '../telemetry/own-metrics.js';
import type { ConnectionLease, ConnectionSets } from './connection-sets.js';
import { apiConnections, targetConnections, tokenServiceConnections } from './connections.js';
import { createEndpoints } from './endpoints.js';
import type { Foundations } from './foundations.js';
import type { GuardOf } from './guards.js';
import type { MetricsObservers } from './metrics-observers.js';
import { pathPrefixOf } from './path-prefix.js';
import type { ReloadOutcome } from './reloader.js';
import { accessIdOf, tlsIdOf } from './rules.js';
import { createConfiguredAuthenticators, createConfiguredScraper } from './scraper.js';

/** What is made of one configuration and replaced whole by the next; requests under way keep what they began with. */
export interface Service {
  readonly config: Config;
  /** Stands for the options that decide what is answered. */
  readonly configHash: number;
  readonly lease: ConnectionLease;
  readonly authenticators: Authenticators;
  readonly scraper: Scraper;
  readonly router: Router;
}

export interface ServiceParts {
  readonly config: Config;
  readonly configHash: number;
  /** The service that this one takes over from. */
  readonly before: Service | undefined;
  readonly sets: ConnectionSets;
  readonly foundations: Foundations;
  readonly current: CurrentDirectory;
  readonly ledger: ScrapeLedger;
  readonly metrics: OwnMetrics;
  readonly observers: MetricsObservers;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this process, for the loop mark. */
  readonly instanceId: string;
  readonly guardOf: GuardOf;
  readonly reload: () => Promise<ReloadOutcome>;
  readonly isStopping: () => boolean;
}

/**
 * All that can be refused, such as settings that OpenSSL does not like, is refused here, before anything takes force.
 *
 * `before` goes no further: what is made here lives on, and with it the whole line of services would.
 *
 * @throws what OpenSSL says
 */
export function createService({ before, ...parts }: ServiceParts): Service {
  const { config, configHash, sets, foundations, observers, clock, log, instanceId } = parts;
  const lease = sets.lease();
  for (const foundation of config.foundations) lease.of(apiConnections(config, foundation));
  const byDefault = lease.of(targetConnections(config, config.scraping.tls));
  const byTlsId = new Map(
    config.rules.map(({ tls }) => [
      tlsIdOf({ tls }),
      tls === undefined ? byDefault : lease.of(targetConnections(config, tls)),
    ]),
  );
  const authenticators = createConfiguredAuthenticators({
    config,
    connectionsFor: (tls) => lease.of(tokenServiceConnections(config, tls)),
    before: before?.authenticators,
    observers,
    clock,
    log: log.child('credentials'),
  });
  const accessIds = new Set(config.rules.map((rule) => accessIdOf(rule, config)));
  const scraper = createConfiguredScraper({
    config,
    connectionsFor: (tlsId) => byTlsId.get(tlsId) ?? byDefault,
    authenticators,
    hasAccess: ({ accessId }) => accessIds.has(accessId),
    ledger: parts.ledger,
    observers,
    clock,
    log: log.child('scraping'),
    instanceId,
    onGone: () => {
      for (const each of foundations.all) each.suspect('processes');
    },
  });
  const serverLog = log.child('server');
  const guardOf = limitedGuards(parts);
  const router = createRouter({
    pathPrefix: pathPrefixOf(config),
    ...(config.inbound.everything ? { elsewhere: guardOf('discovery') } : {}),
    endpoints: createEndpoints({
      ...parts,
      guardOf,
      scraper,
      registry: parts.metrics.registry,
      log: serverLog,
    }),
    onError: (error, { url }) => serverLog.error('a request went wrong within this program', { path: url, error }),
  });
  return { config, configHash, lease, authenticators, scraper, router };
}

/** One limit before all of them, where the web config file asks for it. */
function limitedGuards({ config, clock, guardOf }: Pick<ServiceParts, 'config' | 'clock' | 'guardOf'>): GuardOf {
  const { rateLimit } = config.server;
  if (rateLimit === undefined) return guardOf;
  const limited = createRateLimit(rateLimit, clock);
  return (option) => limited(guardOf(option));
}
