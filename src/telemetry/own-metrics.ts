import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { createInstanceMetrics, type InstanceMetrics } from './instance-metrics.js';
import type { Counter, Gauge, Histogram } from './instruments.js';
import { createRegistry, type Registry } from './registry.js';

/** `request_type` of Cloud Foundry requests: the original's words where it has one, ours where it has none. */
export type RequestType = (typeof REQUEST_TYPES)[keyof typeof REQUEST_TYPES];

/** By the kind of list, as the inventory names them. */
export const REQUEST_TYPES = {
  organizations: 'allOrgs',
  spaces: 'space',
  apps: 'allApps',
  processes: 'processes',
  routes: 'routes',
  domains: 'domains',
} as const;

/** What each series of an application instance is told apart by: "the five" of facts/promregator.md 6. */
export const INSTANCE_LABELS = ['org_name', 'space_name', 'app_name', 'cf_instance_id', 'cf_instance_number'] as const;

/** Steps of 0.1 up to 5 s, and of 0.05 up to 2.45 s, as the original has them. */
const FETCH_BUCKETS_SECONDS = Array.from({ length: 50 }, (_, index) => (index + 1) / 10);
const WAITING_BUCKETS_SECONDS = Array.from({ length: 50 }, (_, index) => index / 20);
const SIZE_BUCKETS_BYTES = Array.from({ length: 16 }, (_, index) => 100 * 1.5 ** index);
/** The fourteen of the original's client library. */
const LATENCY_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

interface OwnMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

/**
 * The one table of our own metrics, in the order in which they are written (process-metrics.ts has those of the
 * process). Names without a word beside them are ours; those of the original are kept to the letter.
 */
export const OWN_METRICS = {
  buildInfo: {
    name: 'promregator_build_info',
    type: 'gauge',
    help: 'Always 1; says which version of Promregator runs on which version of Node.',
    labels: ['version', 'nodeversion'],
  },
  // Of the original; the value is in seconds in spite of the name.
  requestLatency: {
    name: 'promregator_request_latency_milliseconds',
    type: 'histogram',
    help: 'Time of scraping an instance, in SECONDS; the name is kept for the sake of existing dashboards.',
    labels: INSTANCE_LABELS,
    buckets: LATENCY_BUCKETS_SECONDS,
  },
  // Of the original.
  requestSize: {
    name: 'promregator_request_size_bytes',
    type: 'histogram',
    help: 'Size of what an instance answered, as it came over the wire.',
    labels: INSTANCE_LABELS,
    buckets: SIZE_BUCKETS_BYTES,
  },
  // Of the original.
  requestFailures: {
    name: 'promregator_request_failure_total',
    type: 'counter',
    help: 'Scrapes of an instance that failed.',
    labels: INSTANCE_LABELS,
  },
  // Names as Prometheus has them for its own configuration.
  configReloadSuccessful: {
    name: 'promregator_config_last_reload_successful',
    type: 'gauge',
    help: 'Whether the last attempt to read the configuration anew succeeded: 1 or 0; the start counts as one.',
    labels: [],
  },
  configReloadTime: {
    name: 'promregator_config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a configuration last took force, in seconds since 1970.',
    labels: [],
  },
  configHash: {
    name: 'promregator_config_hash',
    type: 'gauge',
    help: 'Stands for the options that decide what is answered, without secrets: replicas that are set up alike have the same.',
    labels: [],
  },
  discoveryVersion: {
    name: 'promregator_inventory_version',
    type: 'gauge',
    help: 'Stands for the targets that are offered: replicas that offer the same have the same. Absent until there are some.',
    labels: [],
  },
  scrapes: {
    name: 'promregator_scrapes_total',
    type: 'counter',
    help: 'Scrapes of all instances, by how they ended.',
    labels: ['result'],
  },
  scrapesInFlight: {
    name: 'promregator_scrapes_in_flight',
    type: 'gauge',
    help: 'Scrapes that run at this moment.',
    labels: [],
  },
  scrapeBytes: {
    name: 'promregator_scrape_bytes_total',
    type: 'counter',
    help: 'Bytes of bodies that instances answered, as they came over the wire.',
    labels: [],
  },
  bufferedBytes: {
    name: 'promregator_buffered_bytes',
    type: 'gauge',
    help: 'Bytes of answers that are held in memory at this moment.',
    labels: [],
  },
  outboundConnections: {
    name: 'promregator_outbound_connections',
    type: 'gauge',
    help: 'Connections to applications that are open at this moment.',
    labels: [],
  },
  outboundConnects: {
    name: 'promregator_outbound_connects_total',
    type: 'counter',
    help: 'Attempts to connect to applications.',
    labels: ['result'],
  },
  httpRequests: {
    name: 'promregator_http_requests_total',
    type: 'counter',
    help: 'Requests that were answered, by endpoint and HTTP status.',
    labels: ['endpoint', 'code'],
  },
  inboundConnections: {
    name: 'promregator_inbound_connections',
    type: 'gauge',
    help: 'Connections of callers that are open at this moment.',
    labels: [],
  },
  inboundConnectionsDropped: {
    name: 'promregator_inbound_connections_dropped_total',
    type: 'counter',
    help: 'Connections of callers that were closed to make room for others, idle ones first.',
    labels: [],
  },
  discoveryInstances: {
    name: 'promregator_discovery_instances',
    type: 'gauge',
    help: 'Instances that are handed out for scraping.',
    labels: [],
  },
  discoveryApplications: {
    name: 'promregator_discovery_applications',
    type: 'gauge',
    help: 'Applications that have an instance handed out for scraping.',
    labels: [],
  },
  ruleInstances: {
    name: 'promregator_rule_instances',
    type: 'gauge',
    help: 'Targets that exist by this rule; an instance belongs to the first rule that gives it its address.',
    labels: ['rule'],
  },
  ruleApplications: {
    name: 'promregator_rule_applications',
    type: 'gauge',
    help: 'Applications that a rule of the configuration names, also those that give no target; 0 is a rule that matches nothing.',
    labels: ['rule'],
  },
  foundationReady: {
    name: 'promregator_foundation_ready',
    type: 'gauge',
    help: 'Whether the lists of a foundation are known completely, so that its targets are: 1 or 0.',
    labels: ['foundation'],
  },
  inventoryAge: {
    name: 'promregator_inventory_age_seconds',
    type: 'gauge',
    help: 'Time since a kind of list was last read from Cloud Foundry completely; discovery works on it.',
    labels: ['foundation', 'kind'],
  },
  inventoryRefreshes: {
    name: 'promregator_inventory_refreshes_total',
    type: 'counter',
    help: 'Readings of a kind of list from Cloud Foundry, by how they ended.',
    labels: ['foundation', 'kind', 'result'],
  },
  inventoryElements: {
    name: 'promregator_inventory_elements',
    type: 'gauge',
    help: 'Elements in the list that is in force.',
    labels: ['foundation', 'kind'],
  },
  inventoryDroppedElements: {
    name: 'promregator_inventory_dropped_elements_total',
    type: 'counter',
    help: 'Elements of lists that could not be understood and were left out.',
    labels: ['foundation', 'kind'],
  },
  inventoryFromFile: {
    name: 'promregator_inventory_from_file',
    type: 'gauge',
    help: 'Whether discovery works on what promregator.cache.file held, since the lists have not been read completely yet: 1 or 0.',
    labels: ['foundation'],
  },
  inventoryFileWrites: {
    name: 'promregator_inventory_file_writes_total',
    type: 'counter',
    help: 'Attempts to write promregator.cache.file, by how they ended.',
    labels: ['result'],
  },
  inventoryShrinks: {
    name: 'promregator_inventory_shrinks_total',
    type: 'counter',
    help: 'Lists that seemed to lack so much that they were read a second time, by what that said: confirmed, refuted or unclear.',
    labels: ['foundation', 'kind', 'result'],
  },
  replicationRole: {
    name: 'promregator_replication_role',
    type: 'gauge',
    help: 'What this replica is among those that share: 1 for its role, joining, leader, follower or alone, and 0 for the others.',
    labels: ['foundation', 'role'],
  },
  replicationFence: {
    name: 'promregator_replication_fence',
    type: 'gauge',
    help: 'Number of the lease that the shared inventory was written under, as far as this replica knows; it only grows.',
    labels: ['foundation'],
  },
  replicationContactAge: {
    name: 'promregator_replication_contact_age_seconds',
    type: 'gauge',
    help: 'Time since the store that replicas share last did what it was asked.',
    labels: ['foundation'],
  },
  replicationValueBytes: {
    name: 'promregator_replication_value_bytes',
    type: 'gauge',
    help: 'Size of the inventory in the store that replicas share.',
    labels: ['foundation'],
  },
  replicationFailures: {
    name: 'promregator_replication_failures_total',
    type: 'counter',
    help: 'What the store that replicas share did not do: away, late, denied, full, read_only or answer; value is an inventory that is not used.',
    labels: ['foundation', 'reason'],
  },
  cfRequests: {
    name: 'promregator_cf_requests_total',
    type: 'counter',
    help: 'Requests to Cloud Foundry, by kind and how they ended.',
    labels: ['foundation', 'kind', 'result'],
  },
  cfRequestBytes: {
    name: 'promregator_cf_request_bytes_total',
    type: 'counter',
    help: 'Bytes of bodies that Cloud Foundry answered.',
    labels: ['foundation', 'kind'],
  },
  cfRequestBudgetPlanned: {
    name: 'promregator_cf_request_budget_planned_per_hour',
    type: 'gauge',
    help: 'Requests to Cloud Foundry that a list takes in an hour, by its interval and the pages it had last.',
    labels: ['foundation', 'kind'],
  },
  cfRequestBudgetLimit: {
    name: 'promregator_cf_request_budget_limit',
    type: 'gauge',
    help: 'Requests that the API allows our user in one of its windows, usually an hour; missing where it tells no limit.',
    labels: ['foundation'],
  },
  cfRequestBudgetRemaining: {
    name: 'promregator_cf_request_budget_remaining',
    type: 'gauge',
    help: 'Requests of that limit that are left, as the API estimates it in steps of a tenth; 0 is less than one step.',
    labels: ['foundation'],
  },
  cfRequestBudgetReset: {
    name: 'promregator_cf_request_budget_reset_seconds',
    type: 'gauge',
    help: 'Time until all of that limit is there again.',
    labels: ['foundation'],
  },
  cfRequestPause: {
    name: 'promregator_cf_request_pause_seconds',
    type: 'gauge',
    help: 'Time for which the API still wants no requests, as it said with 429; 0 without a pause.',
    labels: ['foundation'],
  },
  tokenExpiry: {
    name: 'promregator_token_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When the access token for Cloud Foundry expires, in seconds since 1970; 0 without a token, also on a replica that follows.',
    labels: ['foundation'],
  },
  tokenRequests: {
    name: 'promregator_token_requests_total',
    type: 'counter',
    help: 'Requests for an access token, by grant and how they ended.',
    labels: ['foundation', 'grant', 'result'],
  },
  authenticatorTokenRequests: {
    name: 'promregator_authenticator_token_requests_total',
    type: 'counter',
    help: 'Requests for a token towards applications, by authenticator and how they ended.',
    labels: ['authenticator', 'result'],
  },
  // The next four are the original's, shown by `promregator.metrics.internal`.
  fetchLatency: {
    name: 'promregator_cffetch_latency_seconds',
    type: 'histogram',
    help: 'Time of one request to Cloud Foundry.',
    labels: ['request_type'],
    buckets: FETCH_BUCKETS_SECONDS,
  },
  watchdogReconnects: {
    name: 'promregator_connection_watchdog_reconnect_total',
    type: 'counter',
    help: 'How often the connections to Cloud Foundry were opened anew since the API did not answer the watchdog.',
    labels: [],
  },
  rateLimitQueueSize: {
    name: 'promregator_cffetch_ratelimit_queue_size',
    type: 'gauge',
    help: 'Requests to Cloud Foundry that wait for the configured rate limit.',
    labels: [],
  },
  rateLimitWaitTime: {
    name: 'promregator_cffetch_ratelimit_waittime_seconds',
    type: 'histogram',
    help: 'Time that a request to Cloud Foundry waited for the configured rate limit.',
    labels: ['request_type'],
    buckets: WAITING_BUCKETS_SECONDS,
  },
} as const satisfies Readonly<Record<string, OwnMetric>>;

type OwnMetricsTable = typeof OWN_METRICS;

type InstrumentOf<Metric extends OwnMetric> = Metric['type'] extends 'histogram'
  ? Histogram<Metric['labels'][number]>
  : Metric['type'] extends 'counter'
    ? Counter<Metric['labels'][number]>
    : Gauge<Metric['labels'][number]>;

type OfInstances = 'requestLatency' | 'requestSize' | 'requestFailures';

/** The instruments by their key in the table; those of instances behind `instances`, which ends them in time. */
export type OwnMetrics = {
  readonly [Key in Exclude<keyof OwnMetricsTable, OfInstances>]: InstrumentOf<OwnMetricsTable[Key]>;
} & { readonly instances: InstanceMetrics; readonly registry: Registry };

export interface OwnMetricsOptions {
  /** In front of the five labels of instances (`promregator.metrics.labelNamePrefix`), else empty. */
  readonly labelNamePrefix: string;
  readonly version: string;
  /** Whether latency and size are kept per instance (`promregator.metrics.requestLatency`). */
  readonly requestLatency: boolean;
  /** Whether the original's metrics on Cloud Foundry requests are shown (`promregator.metrics.internal`). */
  readonly internal: boolean;
  /** How long series of an instance outlive it (`promregator.discoverer.timeout`). */
  readonly instanceTimeoutMs: Milliseconds;
  readonly clock: Clock;
}

/** Throws for a prefix that makes no label name. */
export function createOwnMetrics(options: OwnMetricsOptions): OwnMetrics {
  const registry = createRegistry();
  // What is not to be shown is counted all the same, where nobody looks: callers need not know the option.
  const hidden = createRegistry();
  const perInstance = options.requestLatency ? registry : hidden;
  const internal = options.internal ? registry : hidden;
  const { labelNamePrefix } = options;
  const table = OWN_METRICS;

  const buildInfo = registry.gauge(table.buildInfo);
  buildInfo.with({ version: options.version, nodeversion: process.version }).set(1);
  const instances = createInstanceMetrics({
    latency: perInstance.histogram({ ...table.requestLatency, labelNamePrefix }),
    size: perInstance.histogram({ ...table.requestSize, labelNamePrefix }),
    failures: registry.counter({ ...table.requestFailures, labelNamePrefix }),
    detail: options.requestLatency ? 'full' : 'failures',
    timeoutMs: options.instanceTimeoutMs,
    clock: options.clock,
  });
  registry.beforeRender(() => instances.expire());

  return {
    registry,
    buildInfo,
    instances,
    configReloadSuccessful: registry.gauge(table.configReloadSuccessful),
    configReloadTime: registry.gauge(table.configReloadTime),
    configHash: registry.gauge(table.configHash),
    discoveryVersion: registry.gauge(table.discoveryVersion),
    scrapes: registry.counter(table.scrapes),
    scrapesInFlight: registry.gauge(table.scrapesInFlight),
    scrapeBytes: registry.counter(table.scrapeBytes),
    bufferedBytes: registry.gauge(table.bufferedBytes),
    outboundConnections: registry.gauge(table.outboundConnections),
    outboundConnects: registry.counter(table.outboundConnects),
    httpRequests: registry.counter(table.httpRequests),
    inboundConnections: registry.gauge(table.inboundConnections),
    inboundConnectionsDropped: registry.counter(table.inboundConnectionsDropped),
    discoveryInstances: registry.gauge(table.discoveryInstances),
    discoveryApplications: registry.gauge(table.discoveryApplications),
    ruleInstances: registry.gauge(table.ruleInstances),
    ruleApplications: registry.gauge(table.ruleApplications),
    foundationReady: registry.gauge(table.foundationReady),
    inventoryAge: registry.gauge(table.inventoryAge),
    inventoryRefreshes: registry.counter(table.inventoryRefreshes),
    inventoryElements: registry.gauge(table.inventoryElements),
    inventoryDroppedElements: registry.counter(table.inventoryDroppedElements),
    inventoryFromFile: registry.gauge(table.inventoryFromFile),
    inventoryFileWrites: registry.counter(table.inventoryFileWrites),
    inventoryShrinks: registry.counter(table.inventoryShrinks),
    replicationRole: registry.gauge(table.replicationRole),
    replicationFence: registry.gauge(table.replicationFence),
    replicationContactAge: registry.gauge(table.replicationContactAge),
    replicationValueBytes: registry.gauge(table.replicationValueBytes),
    replicationFailures: registry.counter(table.replicationFailures),
    cfRequests: registry.counter(table.cfRequests),
    cfRequestBytes: registry.counter(table.cfRequestBytes),
    cfRequestBudgetPlanned: registry.gauge(table.cfRequestBudgetPlanned),
    cfRequestBudgetLimit: registry.gauge(table.cfRequestBudgetLimit),
    cfRequestBudgetRemaining: registry.gauge(table.cfRequestBudgetRemaining),
    cfRequestBudgetReset: registry.gauge(table.cfRequestBudgetReset),
    cfRequestPause: registry.gauge(table.cfRequestPause),
    tokenExpiry: registry.gauge(table.tokenExpiry),
    tokenRequests: registry.counter(table.tokenRequests),
    authenticatorTokenRequests: registry.counter(table.authenticatorTokenRequests),
    fetchLatency: internal.histogram(table.fetchLatency),
    watchdogReconnects: internal.counter(table.watchdogReconnects),
    rateLimitQueueSize: internal.gauge(table.rateLimitQueueSize),
    rateLimitWaitTime: internal.histogram(table.rateLimitWaitTime),
  };
}
