import type { Milliseconds } from '../base/duration.js';
import type { Refresher } from '../foundation/refresh.js';
import { RESOURCE_KINDS } from '../foundation/resources.js';
import type { Connections } from '../outbound/connections.js';
import type { CurrentDirectory } from '../server/current-directory.js';
import type { OwnMetrics } from '../telemetry/own-metrics.js';

export interface ShownParts {
  readonly current: CurrentDirectory;
  readonly refresher: Refresher;
  readonly scraper: { readonly inFlight: number; readonly heldBytes: number };
  readonly connections: Connections;
  readonly pace: { readonly waiting: number };
  readonly tokens: { readonly expiresAtMs: Milliseconds | undefined };
}

/** Metrics that are read from the parts when somebody asks for them. */
export function showState(metrics: OwnMetrics, parts: ShownParts): void {
  const { current, refresher, scraper, connections } = parts;
  metrics.scrapesInFlight.computedBy(() => scraper.inFlight);
  metrics.bufferedBytes.computedBy(() => scraper.heldBytes);
  metrics.outboundConnections.computedBy(() => connections.stats.open);
  metrics.outboundConnects.computedBy(() => [
    [{ result: 'success' }, connections.stats.opened],
    [{ result: 'failure' }, connections.stats.failed],
  ]);
  metrics.rateLimitQueueSize.computedBy(() => parts.pace.waiting);
  metrics.tokenExpiry.computedBy(() => (parts.tokens.expiresAtMs ?? 0) / 1000);
  metrics.discoveryInstances.computedBy(() => current.directory?.targets.length ?? 0);
  metrics.discoveryApplications.computedBy(() => {
    return new Set(current.directory?.targets.map((target) => target.application.guid)).size;
  });
  metrics.ruleInstances.computedBy(() =>
    (current.directory?.rules ?? []).map(({ rule, instances }) => [{ rule }, instances]),
  );
  metrics.ruleApplications.computedBy(() => {
    return (current.directory?.rules ?? []).map(({ rule, applications }) => [{ rule }, applications]);
  });
  metrics.inventoryAge.computedBy(() => {
    return RESOURCE_KINDS.flatMap((kind) => {
      const { ageMs } = refresher.lists[kind];
      return ageMs === undefined ? [] : [[{ kind }, ageMs / 1000] as const];
    });
  });
  metrics.inventoryElements.computedBy(() => {
    return RESOURCE_KINDS.flatMap((kind) => {
      const { elements } = refresher.lists[kind];
      return elements === undefined ? [] : [[{ kind }, elements] as const];
    });
  });
}
