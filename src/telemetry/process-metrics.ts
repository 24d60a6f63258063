import { readdirSync, readFileSync } from 'node:fs';
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { HistogramSeries } from './instruments.js';
import type { Registry } from './registry.js';

/** Where Linux tells about this process. Elsewhere some of the metrics are missing. */
const PROC_SELF = '/proc/self';

export interface ProcessMetrics {
  /** Ends the measuring; the metrics stay in the registry with their last values. */
  stop(): void;
}

/** Adds `promregator_process_*` and `promregator_nodejs_*` to the registry. */
export function addProcessMetrics(registry: Registry): ProcessMetrics {
  addProcess(registry);
  addNode(registry);
  const stopLag = addEventLoopLag(registry);
  const stopGarbageCollection = addGarbageCollection(registry);
  return {
    stop() {
      stopLag();
      stopGarbageCollection();
    },
  };
}

function addProcess(registry: Registry): void {
  const startSeconds = Date.now() / 1000 - process.uptime();
  const maxFileDescriptors = readMaxFileDescriptors();
  registry
    .counter({
      name: 'promregator_process_cpu_seconds_total',
      help: 'CPU time that the process took, user and system.',
      labels: [],
    })
    .computedBy(() => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  registry
    .gauge({
      name: 'promregator_process_start_time_seconds',
      help: 'When the process started, in seconds since 1970.',
      labels: [],
    })
    .computedBy(() => startSeconds);
  registry
    .gauge({ name: 'promregator_process_resident_memory_bytes', help: 'Resident memory of the process.', labels: [] })
    .computedBy(() => process.memoryUsage.rss());
  addOptionalGauge(registry, {
    name: 'promregator_process_virtual_memory_bytes',
    help: 'Virtual memory of the process.',
    read: readVirtualMemory,
  });
  addOptionalGauge(registry, {
    name: 'promregator_process_open_fds',
    help: 'File descriptors that are open.',
    read: countFileDescriptors,
  });
  addOptionalGauge(registry, {
    name: 'promregator_process_max_fds',
    help: 'File descriptors that may be open.',
    read: () => maxFileDescriptors,
  });
}

interface OptionalGauge {
  readonly name: string;
  readonly help: string;
  /** Undefined where the system does not tell: then there is no sample. */
  readonly read: () => number | undefined;
}

function addOptionalGauge(registry: Registry, { name, help, read }: OptionalGauge): void {
  registry.gauge({ name, help, labels: [] }).computedBy(() => {
    const value = read();
    return value === undefined ? [] : value;
  });
}

/** proc(5): the first number of `statm` is the size in pages; `status` has it in kB, whatever the size of a page. */
function readVirtualMemory(): number | undefined {
  const kilobytes = /^VmSize:\s+(\d+) kB$/m.exec(readProc('status'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** How many file descriptors this process may open; undefined where the system does not tell. */
export function readMaxFileDescriptors(): number | undefined {
  const limit = /^Max open files\s+(\w+)/m.exec(readProc('limits'))?.[1];
  if (limit === undefined) return undefined;
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}

function countFileDescriptors(): number | undefined {
  try {
    return readdirSync(`${PROC_SELF}/fd`).length;
  } catch {
    // No Linux, or no permission: the metric is left out, as its docblock says.
    return undefined;
  }
}

function readProc(file: string): string {
  try {
    return readFileSync(`${PROC_SELF}/${file}`, 'utf8');
  } catch {
    // As above.
    return '';
  }
}

function addNode(registry: Registry): void {
  const version = registry.gauge({
    name: 'promregator_nodejs_version_info',
    help: 'Always 1; says the version of Node.',
    labels: ['version'],
  });
  version.with({ version: process.version }).set(1);
  const heapTotal = registry.gauge({
    name: 'promregator_nodejs_heap_size_total_bytes',
    help: 'Heap that Node has from the system.',
    labels: [],
  });
  const heapUsed = registry.gauge({
    name: 'promregator_nodejs_heap_size_used_bytes',
    help: 'Heap that is in use.',
    labels: [],
  });
  const external = registry.gauge({
    name: 'promregator_nodejs_external_memory_bytes',
    help: 'Memory outside of the heap that objects hold, buffers included.',
    labels: [],
  });
  registry.beforeRender(() => {
    const memory = process.memoryUsage();
    heapTotal.with({}).set(memory.heapTotal);
    heapUsed.with({}).set(memory.heapUsed);
    external.with({}).set(memory.external);
  });
}

/** How often the event loop is probed. The delay that is measured contains this time. */
const LAG_RESOLUTION_MS = 20;

/** Lag since the rendering before; each scraper of own metrics starts anew. */
function addEventLoopLag(registry: Registry): () => void {
  const delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  delays.enable();
  const secondsOf = (nanoseconds: number): number =>
    Math.max(0, Number.isFinite(nanoseconds) ? nanoseconds / 1e9 - LAG_RESOLUTION_MS / 1000 : 0);
  const median = registry.gauge({
    name: 'promregator_nodejs_eventloop_lag_p50_seconds',
    help: 'Median time that work waited for the event loop since this metric was last read.',
    labels: [],
  });
  const high = registry.gauge({
    name: 'promregator_nodejs_eventloop_lag_p99_seconds',
    help: '99th percentile of the time that work waited for the event loop since this metric was last read.',
    labels: [],
  });
  const longest = registry.gauge({
    name: 'promregator_nodejs_eventloop_lag_max_seconds',
    help: 'Longest time that work waited for the event loop since this metric was last read.',
    labels: [],
  });
  registry.beforeRender(() => {
    median.with({}).set(secondsOf(delays.percentile(50)));
    high.with({}).set(secondsOf(delays.percentile(99)));
    longest.with({}).set(secondsOf(delays.max));
    delays.reset();
  });
  return () => void delays.disable();
}

const GC_KINDS: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

function addGarbageCollection(registry: Registry): () => void {
  const durations = registry.histogram({
    name: 'promregator_nodejs_gc_duration_seconds',
    help: 'Time that garbage collections took, by kind.',
    labels: ['kind'],
    buckets: [0.001, 0.01, 0.1, 1, 5],
  });
  const series: ReadonlyMap<number, HistogramSeries> = new Map(
    [...GC_KINDS].map(([kind, name]) => [kind, durations.with({ kind: name })]),
  );
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const kind = gcKindOf(entry);
      if (kind !== undefined) series.get(kind)?.observe(entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

/** Node's types leave the detail open; its documentation says `kind` for entries of type `gc`. */
function gcKindOf(entry: object): number | undefined {
  const detail = 'detail' in entry ? entry.detail : undefined;
  if (typeof detail !== 'object' || detail === null || !('kind' in detail)) return undefined;
  return typeof detail.kind === 'number' ? detail.kind : undefined;
}
