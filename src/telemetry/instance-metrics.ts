import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Counter, CounterSeries, Histogram, HistogramSeries, Labels } from './instruments.js';

export type InstanceLabelName = 'org_name' | 'space_name' | 'app_name' | 'cf_instance_id' | 'cf_instance_number';

export type InstanceLabels = Labels<InstanceLabelName>;

/** What is recorded about one instance. */
export interface InstanceSeries {
  observeLatency(seconds: number): void;
  observeSize(bytes: number): void;
  /** The series begins with the first failure, as the original's does: 30,000 zeros would serve nobody. */
  countFailure(): void;
}

/** Own metrics per application instance, kept while the instance exists and for a while after. */
export interface InstanceMetrics {
  /**
   * The series of an instance, told by `cf_instance_id`. Where other labels changed, as with a renamed application,
   * its former series end. Hold the result no longer than the directory that named the instance.
   */
  of(labels: InstanceLabels): InstanceSeries;
  /** To be called with each new directory: whatever is not among these has left. */
  retain(currentInstanceIds: ReadonlySet<string>): void;
  /** Ends the series of instances that left longer than the timeout ago; also part of each rendering. */
  expire(): void;
}

export interface InstanceMetricsOptions {
  readonly latency: Histogram<InstanceLabelName>;
  readonly size: Histogram<InstanceLabelName>;
  readonly failures: Counter<InstanceLabelName>;
  /** Whether latency and size are recorded at all. */
  readonly detail: 'full' | 'failures';
  readonly timeoutMs: Milliseconds;
  readonly clock: Clock;
}

interface Entry {
  readonly labels: InstanceLabels;
  readonly series: InstanceSeries;
  /** On the monotonic clock; undefined while the instance is there. */
  goneSinceMs: Milliseconds | undefined;
}

const IGNORING: Pick<InstanceSeries, 'observeLatency' | 'observeSize'> = {
  observeLatency: () => undefined,
  observeSize: () => undefined,
};

export function createInstanceMetrics(options: InstanceMetricsOptions): InstanceMetrics {
  const { latency, size, failures, timeoutMs, clock } = options;
  const entries = new Map<string, Entry>();

  function drop({ labels }: Entry): void {
    latency.remove(labels);
    size.remove(labels);
    failures.remove(labels);
    entries.delete(labels.cf_instance_id);
  }

  function expire(): void {
    const now = clock.monotonic();
    for (const entry of entries.values()) {
      if (entry.goneSinceMs !== undefined && now - entry.goneSinceMs >= timeoutMs) drop(entry);
    }
  }

  return {
    of(labels) {
      const before = entries.get(labels.cf_instance_id);
      if (before !== undefined && haveSameNames(before.labels, labels)) return before.series;
      if (before !== undefined) drop(before);
      const series = createSeries(labels, options);
      entries.set(labels.cf_instance_id, { labels, series, goneSinceMs: undefined });
      return series;
    },
    retain(currentInstanceIds) {
      const now = clock.monotonic();
      for (const [id, entry] of entries) {
        entry.goneSinceMs = currentInstanceIds.has(id) ? undefined : (entry.goneSinceMs ?? now);
      }
      expire();
    },
    expire,
  };
}

function createSeries(labels: InstanceLabels, options: InstanceMetricsOptions): InstanceSeries {
  let failed: CounterSeries | undefined;
  const countFailure = (): void => {
    failed ??= options.failures.with(labels);
    failed.inc();
  };
  if (options.detail === 'failures') return { ...IGNORING, countFailure };
  const latency = options.latency.with(labels);
  // Begins with the first good scrape, as the original's does.
  let size: HistogramSeries | undefined;
  return {
    countFailure,
    observeLatency: (seconds) => latency.observe(seconds),
    observeSize(bytes) {
      size ??= options.size.with(labels);
      size.observe(bytes);
    },
  };
}

function haveSameNames(one: InstanceLabels, other: InstanceLabels): boolean {
  return (
    one.app_name === other.app_name &&
    one.space_name === other.space_name &&
    one.org_name === other.org_name &&
    one.cf_instance_number === other.cf_instance_number
  );
}
