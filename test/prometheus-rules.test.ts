import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { OWN_METRICS } from '../src/telemetry/own-metrics.js';
import { requireProgram } from './support/prometheus.js';
import { temporaryFolder } from './support/temporary-folder.js';

const RULES = fileURLToPath(new URL('../deploy/prometheus/', import.meta.url));

function promtool(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

const rulesFile = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ expr: z.string() })) })) });

function expressionsIn(file: string): readonly string[] {
  const { groups } = rulesFile.parse(parse(readFileSync(file, 'utf8')));
  return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
}

describe('the rules for Prometheus', () => {
  const folder = temporaryFolder();
  beforeAll(() => requireProgram('promtool'));
  afterAll(() => folder.remove());

  test.each(['recording-rules-0.x.yml', 'alerts.yml'])('%s is what promtool takes', (file) => {
    expect(promtool('check', 'rules', '--lint-fatal', join(RULES, file))).toMatchObject({ status: 0 });
  });

  // Prometheus evaluates them over series as we show them.
  test.each([
    [
      'a counter under its old name',
      'promregator_request_failure_total{app_name="orders"}',
      'promregator_request_failure',
      '{__name__="promregator_request_failure",app_name="orders"}',
    ],
    [
      'a bucket under its old name',
      'promregator_request_latency_milliseconds_bucket{le="0.5"}',
      'promregator_request_latency_bucket',
      '{__name__="promregator_request_latency_bucket",le="0.5"}',
    ],
    [
      'a list for a cache',
      'promregator_inventory_elements{kind="apps"}',
      'promregator_autorefreshingcachemap_size',
      '{__name__="promregator_autorefreshingcachemap_size",cache_map_name="apps",kind="apps"}',
    ],
    [
      'the heap',
      'promregator_nodejs_heap_size_used_bytes',
      'promregator_jvm_memory_bytes_used',
      '{__name__="promregator_jvm_memory_bytes_used",area="heap"}',
    ],
  ])('%s', (_, series, expr, labels) => {
    expect(
      evaluate('recording-rules-0.x.yml', series, '7x20', { expr, samples: [{ labels, value: 7 }] }),
    ).toMatchObject({
      status: 0,
    });
  });

  test('they are made of metrics that we have', () => {
    const ours = new Set<string>(Object.values(OWN_METRICS).map(({ name }) => name));
    for (const file of ['recording-rules-0.x.yml', 'alerts.yml']) {
      for (const expr of expressionsIn(join(RULES, file))) {
        const names = [...expr.matchAll(/promregator_\w+/g)].map(([name]) =>
          name.replace(/_(?:bucket|sum|count)$/, ''),
        );
        expect(names.filter((name) => !ours.has(name) && !name.startsWith('promregator_nodejs_'))).toEqual([]);
      }
    }
  });

  test.each([
    [
      'a configuration that was refused',
      'promregator_config_last_reload_successful',
      '0x20',
      'PromregatorConfigReloadFailed',
    ],
    [
      'a foundation that was never read',
      'promregator_foundation_ready{foundation="eu"}',
      '0x20',
      'PromregatorFoundationNotReady',
    ],
    [
      'a list that is old',
      'promregator_inventory_age_seconds{foundation="eu",kind="apps"}',
      '700x20',
      'PromregatorInventoryOld',
    ],
    [
      'a foundation without token',
      'promregator_token_expiry_timestamp_seconds{foundation="eu"}',
      '-1x20',
      'PromregatorNoToken',
    ],
  ])('an alert tells of %s', (_, series, values, alert) => {
    const expr = `count(ALERTS{alertname="${alert}",alertstate="firing"})`;
    expect(evaluate('alerts.yml', series, values, { expr, samples: [{ labels: '{}', value: 1 }] })).toMatchObject({
      status: 0,
    });
  });

  function evaluate(
    file: string,
    series: string,
    values: string,
    expected: { readonly expr: string; readonly samples: readonly object[] },
  ): ReturnType<typeof promtool> {
    const path = join(folder.path, 'test.yml');
    const { expr, samples } = expected;
    const input_series = [{ series, values }];
    const promql_expr_test = [{ expr, eval_time: '15m', exp_samples: samples }];
    const tests = [{ interval: '1m', input_series, promql_expr_test }];
    writeFileSync(path, stringify({ rule_files: [join(RULES, file)], evaluation_interval: '1m', tests }));
    return promtool('test', 'rules', path);
  }
});
