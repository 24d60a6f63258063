import type { Clock } from '../base/clock.js';
import { describeError } from '../base/errors.js';
import type { Config } from '../config/config.js';
import type { Refresher } from '../foundation/refresh.js';
import { perKind, RESOURCE_KINDS } from '../foundation/resources.js';
import type { Scraper } from '../scraping/scraper.js';
import type { CurrentDirectory } from '../server/current-directory.js';
import { cacheInvalidateEndpoint } from '../server/endpoints/cache-invalidate.js';
import { debugDiscoveryEndpoint } from '../server/endpoints/debug-discovery.js';
import { discoveryEndpoint } from '../server/endpoints/discovery.js';
import { healthyEndpoint, readyEndpoint } from '../server/endpoints/health.js';
import { landingPageEndpoint } from '../server/endpoints/landing-page.js';
import { mergedMetricsEndpoint } from '../server/endpoints/merged-metrics.js';
import { ownMetricsEndpoint } from '../server/endpoints/own-metrics.js';
import { singleTargetEndpoint } from '../server/endpoints/single-target.js';
import { createLoopRefusal } from '../server/loop-refusal.js';
import type { Endpoint } from '../server/router.js';
import type { Log } from '../telemetry/log.js';
import type { Registry } from '../telemetry/registry.js';
import { createGuards, type PrintPassword } from './guards.js';

export interface EndpointParts {
  readonly config: Config;
  readonly current: CurrentDirectory;
  readonly refresher: Refresher;
  readonly scraper: Scraper;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly printPassword: PrintPassword;
  readonly isStopping: () => boolean;
}

/** In front of every path, served and advertised: the context path, else that of the external URL. */
export function pathPrefixOf({ server, discovery }: Config): string {
  return server.contextPath === '' ? (discovery.externalUrl?.path ?? '') : server.contextPath;
}

export function createEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { config, current, refresher, scraper, clock } = parts;
  const guardOf = createGuards(config, parts.printPassword);
  const discoveryGuard = guardOf(config.inbound.auth.discovery);
  const endpointGuard = guardOf(config.inbound.auth.endpoint);
  const loop = createLoopRefusal({ current, applicationId: config.platform.applicationId, log: parts.log });
  const whyNotReady = (): string => reasonNotReady(refresher);
  return [
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
        contextPath: pathPrefixOf(config),
      },
      ownMetricsEndpoint: config.discovery.ownMetricsEndpoint,
      whyNotReady,
    }),
    debugDiscoveryEndpoint({ guard: discoveryGuard, current, whyNotReady, inventory: () => listsView(refresher) }),
    ownMetricsEndpoint({ guard: guardOf(config.inbound.auth.metrics), registry: parts.registry }),
    mergedMetricsEndpoint({ guard: endpointGuard, loop }),
    cacheInvalidateEndpoint({
      guard: guardOf(config.inbound.auth.cacheInvalidate),
      refresh: (kinds) => refresher.refresh(kinds),
      clock,
    }),
    healthyEndpoint(),
    readyEndpoint(() => {
      if (parts.isStopping()) return 'Promregator is stopping.';
      return current.directory === undefined ? 'There is no complete list of targets yet.' : undefined;
    }),
    landingPageEndpoint(discoveryGuard),
  ];
}

/** For whoever may see the targets; the health endpoints say less. */
function reasonNotReady(refresher: Refresher): string {
  const error = RESOURCE_KINDS.map((kind) => refresher.lists[kind].error).find((each) => each !== undefined);
  const reason = error === undefined ? 'its lists are being read' : describeError(error);
  return `There is no complete list of targets yet: ${reason}.`;
}

/** How old each list is and how its readings end, for the debug view. */
function listsView(refresher: Refresher): unknown {
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
