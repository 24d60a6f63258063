import type { AuthenticatorObserver } from '../credentials/authenticator.js';
import type { ApiObserver } from '../foundation/api-client.js';
import type { ResourceKind } from '../foundation/resources.js';
import type { ListObserver } from '../foundation/rounds.js';
import type { ReplicationObserver } from '../replication/replication.js';
import type { ScrapeReport } from '../scraping/scraper.js';
import type { ServerObserver } from '../server/http-server.js';
import type { CounterSeries } from '../telemetry/instruments.js';
import type { OwnMetrics } from '../telemetry/own-metrics.js';
import { REQUEST_TYPES } from '../telemetry/own-metrics.js';

/** What the parts tell about their work, turned into metrics. */
export interface MetricsObservers {
  /** By the name of a foundation. */
  foundation(name: string): FoundationObservers;
  readonly authenticators: AuthenticatorObserver;
  readonly scrapes: { finished(report: ScrapeReport): void };
  readonly inventoryFile: { written(result: 'success' | 'failure'): void };
  readonly server: ServerObserver;
}

export interface FoundationObservers {
  readonly api: ApiObserver;
  readonly lists: {
    dropped(kind: ResourceKind): void;
  } & ListObserver;
  readonly watchdog: { reconnected(): void };
  readonly replication: ReplicationObserver;
}

export function createMetricsObservers(metrics: OwnMetrics, detail: 'full' | 'failures'): MetricsObservers {
  const scrapeBytes = metrics.scrapeBytes.with({});
  const scrapesBy = remembered((result) => metrics.scrapes.with({ result }));
  metrics.watchdogReconnects.with({});
  metrics.inboundConnectionsDropped.with({});
  const answersBy = new Map<string, (code: string) => CounterSeries>();
  scrapesBy('success');

  return {
    foundation: (name) => observeFoundation(metrics, name),
    authenticators: {
      tokenRequested(authenticator, result) {
        metrics.authenticatorTokenRequests.with({ authenticator, result }).inc();
      },
    },
    scrapes: {
      finished(report) {
        scrapesBy(resultOf(report)).inc();
        scrapeBytes.inc(report.bytes);
        if (report.error !== undefined || detail === 'full') recordInstance(metrics, report);
      },
    },
    inventoryFile: {
      written(result) {
        metrics.inventoryFileWrites.with({ result }).inc();
      },
    },
    server: {
      answered(endpoint, status) {
        let by = answersBy.get(endpoint);
        if (by === undefined) {
          by = remembered((code) => metrics.httpRequests.with({ endpoint, code }));
          answersBy.set(endpoint, by);
        }
        by(String(status)).inc();
      },
      crowded: () => metrics.inboundConnectionsDropped.with({}).inc(),
    },
  };
}

function observeFoundation(metrics: OwnMetrics, foundation: string): FoundationObservers {
  return {
    api: {
      requested({ kind, result, tookMs, waitedMs, bytes }) {
        metrics.cfRequests.with({ foundation, kind, result }).inc();
        metrics.cfRequestBytes.with({ foundation, kind }).inc(bytes);
        if (kind === 'root' || kind === 'ping') return;
        const request_type = REQUEST_TYPES[kind];
        metrics.fetchLatency.with({ request_type }).observe(tookMs / 1000);
        metrics.rateLimitWaitTime.with({ request_type }).observe(waitedMs / 1000);
      },
      tokenRequested(grant, result) {
        metrics.tokenRequests.with({ foundation, grant, result }).inc();
      },
    },
    lists: {
      dropped(kind) {
        metrics.inventoryDroppedElements.with({ foundation, kind }).inc();
      },
      listed(kind, result) {
        metrics.inventoryRefreshes.with({ foundation, kind, result }).inc();
      },
      shrunk(kind, result) {
        metrics.inventoryShrinks.with({ foundation, kind, result }).inc();
      },
    },
    watchdog: {
      reconnected() {
        metrics.watchdogReconnects.with({}).inc();
      },
    },
    replication: {
      failed(reason) {
        metrics.replicationFailures.with({ foundation, reason }).inc();
      },
    },
  };
}

function resultOf({ error, aborted }: ScrapeReport): string {
  if (aborted) return 'caller_gone';
  return error === undefined ? 'success' : error.code;
}

/** Failures always; latency and size only when somebody asked for them (the instruments are hidden otherwise). */
function recordInstance(metrics: OwnMetrics, { target, error, durationMs, bytes, aborted }: ScrapeReport): void {
  const { organizationName, spaceName, name } = target.application;
  const series = metrics.instances.of({
    org_name: organizationName,
    space_name: spaceName,
    app_name: name,
    cf_instance_id: target.instanceId,
    cf_instance_number: String(target.index),
  });
  series.observeLatency(durationMs / 1000);
  if (error !== undefined) series.countFailure();
  else if (!aborted) series.observeSize(bytes);
}

/** Few values recur very often: each series is looked up once. */
function remembered(create: (value: string) => CounterSeries): (value: string) => CounterSeries {
  const known = new Map<string, CounterSeries>();
  return (value) => {
    const series = known.get(value) ?? create(value);
    known.set(value, series);
    return series;
  };
}
