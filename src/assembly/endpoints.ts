import type { Clock } from '../base/clock.js';
import { describeError } from '../base/errors.js';
import type { Config } from '../config/config.js';
import { perKind } from '../foundation/resources.js';
import type { Scraper } from '../scraping/scraper.js';
import type { CurrentDirectory } from '../server/current-directory.js';
import { cacheInvalidateEndpoint } from '../server/endpoints/cache-invalidate.js';
import { debugDiscoveryEndpoint } from '../server/endpoints/debug-discovery.js';
import { discoveryEndpoint } from '../server/endpoints/discovery.js';
import { healthyEndpoint, readyEndpoint } from '../server/endpoints/health.js';
import { landingPageEndpoint } from '../server/endpoints/landing-page.js';
import { mergedMetricsEndpoint } from '../server/endpoints/merged-metrics.js';
import { ownMetricsEndpoint } from '../server/endpoints/own-metrics.js';
import { reloadEndpoint } from '../server/endpoints/reload.js';
import { singleTargetEndpoint } from '../server/endpoints/single-target.js';
import { createLoopRefusal } from '../server/loop-refusal.js';
import type { Endpoint } from '../server/router.js';
import type { Log } from '../telemetry/log.js';
import type { Registry } from '../telemetry/registry.js';
import type { Foundation } from './foundation.js';
import type { Foundations } from './foundations.js';
import type { GuardOf } from './guards.js';
import { openReasonNotReady, reasonNotReady } from './not-ready.js';
import { pathPrefixOf } from './path-prefix.js';
import type { ReloadOutcome } from './reloader.js';

export interface EndpointParts {
  readonly config: Config;
  readonly configHash: number;
  readonly current: CurrentDirectory;
  readonly foundations: Foundations;
  readonly scraper: Scraper;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly guardOf: GuardOf;
  readonly reload: () => Promise<ReloadOutcome>;
  readonly isStopping: () => boolean;
}

export function createEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { config, current, foundations, scraper, clock, guardOf } = parts;
  const loop = createLoopRefusal({ current, applicationId: config.platform.applicationId, clock, log: parts.log });
  const whyNotReady = (foundation?: string): string => reasonNotReady(foundations, foundation);
  return [
    singleTargetEndpoint({
      guard: guardOf('endpoint'),
      current,
      scraper,
      loop,
      failureResponse: config.scraping.failureResponse,
      whyNotReady,
      monotonic: () => clock.monotonic(),
    }),
    discoveryEndpoint({
      guard: guardOf('discovery'),
      current,
      address: {
        ...config.discovery,
        believed: config.platform.cloudFoundry ? 'everybody' : config.trustedProxies,
        contextPath: pathPrefixOf(config),
      },
      ownMetricsEndpoint: config.discovery.ownMetricsEndpoint,
      configHash: parts.configHash,
      whyNotReady,
    }),
    debugDiscoveryEndpoint({
      guard: guardOf('discovery'),
      current,
      whyNotReady,
      inventory: () => listsView(foundations),
    }),
    ownMetricsEndpoint({ guard: guardOf('metrics'), registry: parts.registry }),
    mergedMetricsEndpoint({ guard: guardOf('endpoint'), loop }),
    cacheInvalidateEndpoint({
      guard: guardOf('cacheInvalidate'),
      refresh: (kinds) => foundations.refresh(kinds),
      clock,
    }),
    healthyEndpoint(),
    readyEndpoint(() => {
      if (parts.isStopping()) return 'Promregator is stopping.';
      return current.whole === 'withheld' ? openReasonNotReady(foundations) : undefined;
    }),
    reloadEndpoint({
      guard: guardOf('cacheInvalidate'),
      lifecycle: config.server.lifecycle ? 'enabled' : 'disabled',
      reload: parts.reload,
    }),
    landingPageEndpoint(guardOf('discovery')),
  ];
}

/** How old each list is and how its readings end, for the debug view. */
function listsView({ all }: Foundations): unknown {
  return Object.fromEntries(all.map((foundation) => [foundation.name, listsOf(foundation)]));
}

function listsOf({ lists }: Foundation): unknown {
  return perKind((kind) => {
    const { ageMs, elements, failures, error } = lists[kind];
    const ageSeconds = ageMs === undefined ? null : Math.round(ageMs / 1000);
    return {
      elements: elements ?? null,
      ageSeconds,
      failures,
      error: error === undefined ? null : describeError(error),
    };
  });
}
