import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import type { InstanceLabels } from './instance-metrics.js';
import type { Gauge } from './instruments.js';
import { createOwnMetrics, OWN_METRICS, type OwnMetrics } from './own-metrics.js';
import { addProcessMetrics } from './process-metrics.js';

const TIMEOUT_MS = 600_000;

function create(options: Partial<Parameters<typeof createOwnMetrics>[0]> = {}): OwnMetrics {
  return createOwnMetrics({
    labelNamePrefix: '',
    version: '1.2.3',
    requestLatency: true,
    internal: true,
    instanceTimeoutMs: TIMEOUT_MS,
    clock: manualClock(),
    ...options,
  });
}

async function textOf(metrics: OwnMetrics): Promise<string> {
  return (await metrics.registry.render('text')).toString();
}

function instance(number: number, changes: Partial<InstanceLabels> = {}): InstanceLabels {
  return {
    org_name: 'acme',
    space_name: 'shop',
    app_name: 'orders',
    cf_instance_id: `7a6f:${number}`,
    cf_instance_number: String(number),
    ...changes,
  };
}

function record(metrics: OwnMetrics, labels: InstanceLabels): void {
  const series = metrics.instances.of(labels);
  series.observeLatency(0.2);
  series.observeSize(1000);
  series.countFailure();
}

/** One series of each metric in the table. */
function fill(metrics: OwnMetrics): void {
  record(metrics, instance(0));
  for (const [key, { labels }] of Object.entries(OWN_METRICS)) {
    if (!(key in metrics)) continue;
    // The key is one of both tables, and all instruments have `with`.
    const instrument = metrics[key as 'ruleInstances'] as Gauge<string>;
    instrument.with(Object.fromEntries(labels.map((label) => [label, 'x'])));
  }
}

/** What promtool has to say, a line each. */
function lint(text: string): readonly string[] {
  const run = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  if (run.error !== undefined) throw new Error('promtool cannot be started; remedy: apt-get install prometheus');
  return `${run.stdout}${run.stderr}`.split('\n').filter((line) => line !== '');
}

describe('own metrics', () => {
  test('are all written, and promtool finds nothing but the inherited name', async () => {
    const metrics = create({ labelNamePrefix: 'cf_' });
    const processMetrics = addProcessMetrics(metrics.registry);
    fill(metrics);
    const text = await textOf(metrics);
    processMetrics.stop();
    for (const { name, type } of Object.values(OWN_METRICS)) expect(text).toContain(`# TYPE ${name} ${type}\n`);
    expect(lint(text)).toEqual([
      'promregator_request_latency_milliseconds use base unit "seconds" instead of "milliseconds"',
    ]);
  });

  test('promtool would find a bad one', () => {
    expect(lint('# HELP a A.\n# TYPE a counter\na 1\n')).not.toEqual([]);
  });

  test('have a prefix in front of the five labels, and of no other', async () => {
    const metrics = create({ labelNamePrefix: 'p_' });
    metrics.instances.of(instance(3)).countFailure();
    metrics.scrapes.with({ result: 'ok' }).inc();
    const text = await textOf(metrics);
    expect(text).toContain(
      'promregator_request_failure_total{p_org_name="acme",p_space_name="shop",p_app_name="orders",p_cf_instance_id="7a6f:3",p_cf_instance_number="3"} 1\n',
    );
    expect(text).toContain('promregator_scrapes_total{result="ok"} 1\n');
    expect(() => create({ labelNamePrefix: 'a-' })).toThrow('"a-org_name" is no label name');
  });

  test('without options say failures only', async () => {
    const metrics = create({ requestLatency: false, internal: false });
    fill(metrics);
    const text = await textOf(metrics);
    expect(text).toContain('promregator_request_failure_total{');
    expect(text).not.toMatch(/promregator_request_(?:size|latency)|promregator_cffetch/);
  });

  test('have the buckets of the original', async () => {
    const metrics = create();
    fill(metrics);
    const text = await textOf(metrics);
    const count = (name: string): number | undefined => text.match(new RegExp(`^${name}_bucket`, 'gm'))?.length;
    expect(count('promregator_request_size_bytes')).toBe(17);
    expect(count('promregator_request_latency_milliseconds')).toBe(15);
    expect(count('promregator_cffetch_latency_seconds')).toBe(51);
    expect(count('promregator_cffetch_ratelimit_waittime_seconds')).toBe(51);
    expect(text).toMatch(/request_size_bytes_bucket\{.*le="43789\.38\d*"\}/);
  });

  test('say version and build', async () => {
    expect(await textOf(create())).toContain(
      `promregator_build_info{version="1.2.3",nodeversion="${process.version}"} 1\n`,
    );
  });
});

describe('series of an instance', () => {
  test('outlive it by the timeout, in each metric', async () => {
    const clock = manualClock();
    const metrics = create({ clock });
    record(metrics, instance(0));
    record(metrics, instance(1));
    metrics.instances.retain(new Set(['7a6f:0']));
    clock.advance(TIMEOUT_MS - 1);
    expect(await textOf(metrics)).toContain('7a6f:1');
    clock.advance(1);
    const text = await textOf(metrics);
    expect(text).not.toContain('7a6f:1');
    expect(text).toContain('7a6f:0');
  });

  test('stay when it comes back in time', async () => {
    const clock = manualClock();
    const metrics = create({ clock });
    record(metrics, instance(0));
    metrics.instances.retain(new Set());
    clock.advance(TIMEOUT_MS - 1);
    metrics.instances.retain(new Set(['7a6f:0']));
    clock.advance(TIMEOUT_MS);
    expect(await textOf(metrics)).toContain('7a6f:0');
  });

  test('count from the first time that it was missing', async () => {
    const clock = manualClock();
    const metrics = create({ clock });
    record(metrics, instance(0));
    metrics.instances.retain(new Set());
    clock.advance(TIMEOUT_MS / 2);
    metrics.instances.retain(new Set());
    clock.advance(TIMEOUT_MS / 2);
    expect(await textOf(metrics)).not.toContain('7a6f:0');
  });

  test('end with the old name of an application', async () => {
    const metrics = create();
    record(metrics, instance(0));
    record(metrics, instance(0, { app_name: 'orders-2' }));
    record(metrics, instance(0, { app_name: 'orders-2' }));
    const text = await textOf(metrics);
    expect(text).not.toContain('app_name="orders"');
    expect(text).toMatch(/promregator_request_failure_total\{.*app_name="orders-2".*\} 2\n/);
  });

  test('of good scrapes alone have no failures', async () => {
    const metrics = create();
    metrics.instances.of(instance(0)).observeLatency(1);
    expect(await textOf(metrics)).not.toContain('promregator_request_failure_total');
  });
});
