import { expect, test } from 'vitest';
import { addProcessMetrics } from './process-metrics.js';
import { createRegistry } from './registry.js';

/** The machines of this project run Linux; elsewhere those from /proc are left out. */
test.each([
  ['promregator_process_cpu_seconds_total', 0, 100_000],
  ['promregator_process_start_time_seconds', 1.7e9, Date.now() / 1000],
  ['promregator_process_resident_memory_bytes', 1e7, 1e11],
  ['promregator_process_virtual_memory_bytes', 1e7, 1e14],
  ['promregator_process_open_fds', 3, 1e6],
  ['promregator_process_max_fds', 10, Number.POSITIVE_INFINITY],
  ['promregator_nodejs_eventloop_lag_p50_seconds', 0, 60],
  ['promregator_nodejs_eventloop_lag_p99_seconds', 0, 60],
  ['promregator_nodejs_eventloop_lag_max_seconds', 0, 60],
  ['promregator_nodejs_heap_size_total_bytes', 1e6, 1e11],
  ['promregator_nodejs_heap_size_used_bytes', 1e6, 1e11],
  ['promregator_nodejs_external_memory_bytes', 1, 1e11],
  [`promregator_nodejs_version_info{version="${process.version}"}`, 1, 1],
  ['promregator_nodejs_gc_duration_seconds_count{kind="major"}', 0, 1e6],
])('%s is between %d and %d', async (series, low, high) => {
  const registry = createRegistry();
  const metrics = addProcessMetrics(registry);
  try {
    const lines = (await registry.render('text')).toString().split('\n');
    const value = lines.find((line) => line.startsWith(`${series} `))?.slice(series.length + 1);
    const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
    expect(number).toBeGreaterThanOrEqual(low);
    expect(number).toBeLessThanOrEqual(high);
  } finally {
    metrics.stop();
  }
});
