import { RESOURCE_KINDS } from '../foundation/resources.js';
import type { ScrapeLedger } from '../scraping/scrape-ledger.js';
import type { CurrentDirectory } from '../server/current-directory.js';
import type { OwnMetrics } from '../telemetry/own-metrics.js';
import type { ConnectionSets } from './connection-sets.js';
import type { Foundation, Foundations } from './foundations.js';

export interface ShownParts {
  readonly current: CurrentDirectory;
  readonly foundations: Foundations;
  readonly ledger: ScrapeLedger;
  readonly sets: ConnectionSets;
}

/** Metrics that are read from the parts when somebody asks for them. */
export function showState(metrics: OwnMetrics, { current, foundations, ledger, sets }: ShownParts): void {
  metrics.scrapesInFlight.computedBy(() => ledger.inFlight);
  metrics.bufferedBytes.computedBy(() => ledger.heldBytes.bytes);
  metrics.outboundConnections.computedBy(() => sets.stats.open);
  metrics.outboundConnects.computedBy(() => {
    const { opened, failed } = sets.stats;
    return [
      [{ result: 'success' }, opened],
      [{ result: 'failure' }, failed],
    ];
  });
  metrics.rateLimitQueueSize.computedBy(() => foundations.all.reduce((sum, each) => sum + each.rateLimitQueue, 0));
  metrics.tokenExpiry.computedBy(() =>
    foundations.all.map(({ name, tokenExpiresAtMs }) => [{ foundation: name }, (tokenExpiresAtMs ?? 0) / 1000]),
  );
  metrics.foundationReady.computedBy(() =>
    foundations.all.map(({ name, inventory }) => [{ foundation: name }, inventory === undefined ? 0 : 1]),
  );
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
  metrics.inventoryAge.computedBy(() =>
    perList(foundations, ({ ageMs }) => (ageMs === undefined ? undefined : ageMs / 1000)),
  );
  metrics.inventoryFromFile.computedBy(() =>
    foundations.all.map(({ name, known }) => [{ foundation: name }, known?.source === 'file' ? 1 : 0]),
  );
  metrics.inventoryElements.computedBy(() => perList(foundations, ({ elements }) => elements));
}

type ListStatus = Foundation['lists']['apps'];

function perList(
  { all }: Foundations,
  read: (list: ListStatus) => number | undefined,
): (readonly [{ readonly foundation: string; readonly kind: string }, number])[] {
  return all.flatMap(({ name, lists }) =>
    RESOURCE_KINDS.flatMap((kind) => {
      const value = read(lists[kind]);
      return value === undefined ? [] : [[{ foundation: name, kind }, value] as const];
    }),
  );
}
