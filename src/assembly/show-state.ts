import type { Allowance } from '../foundation/allowance.js';
import { RESOURCE_KINDS } from '../foundation/resources.js';
import type { Replication } from '../replication/replication.js';
import { REPLICA_ROLES } from '../replication/role-keeper.js';
import type { ScrapeLedger } from '../scraping/scrape-ledger.js';
import type { CurrentDirectory } from '../server/current-directory.js';
import type { OwnMetrics } from '../telemetry/own-metrics.js';
import type { ConnectionSets } from './connection-sets.js';
import type { Foundation } from './foundation.js';
import type { Foundations } from './foundations.js';
import type { Service } from './service.js';

export interface ShownParts {
  /** The one in force. */
  readonly service: () => Pick<Service, 'configHash'>;
  readonly current: CurrentDirectory;
  readonly foundations: Foundations;
  readonly ledger: ScrapeLedger;
  readonly sets: ConnectionSets;
}

/** Metrics that are read from the parts when somebody asks for them. */
export function showState(metrics: OwnMetrics, { service, current, foundations, ledger, sets }: ShownParts): void {
  metrics.configHash.computedBy(() => service().configHash);
  metrics.discoveryVersion.computedBy(() => (current.version === undefined ? [] : [[{}, current.version]]));
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
  metrics.rateLimitQueueSize.computedBy(() => foundations.all.reduce((sum, { pace }) => sum + pace.waiting, 0));
  showBudget(metrics, foundations);
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
  showReplication(metrics, foundations);
}

function showReplication(metrics: OwnMetrics, foundations: Foundations): void {
  metrics.replicationRole.computedBy(() =>
    foundations.all.flatMap(({ name, replication }) =>
      replication === undefined
        ? []
        : REPLICA_ROLES.map((role) => [{ foundation: name, role }, replication.role === role ? 1 : 0] as const),
    ),
  );
  metrics.replicationFence.computedBy(() => perReplica(foundations, ({ status }) => status.version.fence));
  metrics.replicationValueBytes.computedBy(() => perReplica(foundations, ({ status }) => status.valueBytes));
  metrics.replicationContactAge.computedBy(() =>
    perReplica(foundations, ({ status: { contactAgeMs } }) =>
      contactAgeMs === undefined ? undefined : contactAgeMs / 1000,
    ),
  );
}

function perReplica(
  { all }: Foundations,
  read: (replication: Replication) => number | undefined,
): (readonly [{ readonly foundation: string }, number])[] {
  return all.flatMap(({ name, replication }) => {
    const value = replication && read(replication);
    return value === undefined ? [] : [[{ foundation: name }, value] as const];
  });
}

/** What we mean to ask, and what the API lets us. */
function showBudget(metrics: OwnMetrics, foundations: Foundations): void {
  metrics.cfRequestBudgetPlanned.computedBy(() => perList(foundations, ({ requestsPerHour }) => requestsPerHour));
  metrics.cfRequestBudgetLimit.computedBy(() => perAllowance(foundations, ({ limit }) => limit));
  metrics.cfRequestBudgetRemaining.computedBy(() => perAllowance(foundations, ({ remaining }) => remaining));
  metrics.cfRequestBudgetReset.computedBy(() => perAllowance(foundations, ({ resetInMs }) => resetInMs / 1000));
  metrics.cfRequestPause.computedBy(() =>
    foundations.all.map(({ name, pace }) => [{ foundation: name }, pace.pauseLeftMs / 1000]),
  );
}

function perAllowance(
  { all }: Foundations,
  read: (allowance: Allowance) => number,
): (readonly [{ readonly foundation: string }, number])[] {
  return all.flatMap(({ name, pace: { allowance } }) =>
    allowance === undefined ? [] : [[{ foundation: name }, read(allowance)] as const],
  );
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
