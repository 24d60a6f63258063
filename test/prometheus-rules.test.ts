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

const rule = z.object({
  expr: z.string(),
  alert: z.string().optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const rulesFile = z.object({ groups: z.array(z.object({ rules: z.array(rule) })) });

function rulesIn(file: string): readonly z.infer<typeof rule>[] {
  const { groups } = rulesFile.parse(parse(readFileSync(join(RULES, file), 'utf8')));
  return groups.flatMap(({ rules }) => rules);
}

/** Series of one evaluation a minute, as promtool writes them: `0x20`, `0+5x20`. */
type Series = Readonly<Record<string, string>>;

type AlertCase = readonly [of: string, alert: string, wrong: Series, fine: Series];

const PLANNED = 'promregator_cf_request_budget_planned_per_hour{foundation="eu",kind="apps"}';
const LIMIT = 'promregator_cf_request_budget_limit{foundation="eu"}';
const NO_TOKEN = 'promregator_authenticator_token_requests_total{authenticator="default",result="refused"}';
const LEFT_OUT = 'promregator_inventory_dropped_elements_total{foundation="eu",kind="apps"}';
const TOKEN = 'promregator_token_expiry_timestamp_seconds{foundation="eu"}';
const SHRINKS = 'promregator_inventory_shrinks_total{foundation="eu",kind="apps"';

const ALERTS: readonly AlertCase[] = [
  [
    'a replica that is down',
    'PromregatorDown',
    { 'up{job="cf",instance="a"}': '1x4 0x15', 'promregator_build_info{job="cf",instance="a"}': '1x4 stale' },
    { 'up{job="cf",instance="a"}': '0x20', 'promregator_build_info{job="cf",instance="b"}': '1x20' },
  ],
  [
    'a configuration that was refused',
    'PromregatorConfigReloadFailed',
    ...oneSeries('promregator_config_last_reload_successful', '0x20', '1x20'),
  ],
  [
    'a foundation that was never read',
    'PromregatorFoundationNotReady',
    ...oneSeries('promregator_foundation_ready{foundation="eu"}', '0x20', '0x3 1x20'),
  ],
  [
    'a list that is old',
    'PromregatorInventoryOld',
    { 'promregator_inventory_age_seconds{foundation="eu",kind="apps"}': '700x20' },
    { 'promregator_inventory_age_seconds{foundation="eu",kind="spaces"}': '700x20' },
  ],
  [
    'a list of the rarer kinds that is old',
    'PromregatorInventoryOld',
    ...oneSeries('promregator_inventory_age_seconds{foundation="eu",kind="organizations"}', '7900x20', '3600x20'),
  ],
  ['elements that were left out', 'PromregatorElementsLeftOut', ...oneSeries(LEFT_OUT, '_x9 1x10', '1x100')],
  [
    'targets of before the start',
    'PromregatorInventoryFromFile',
    ...oneSeries('promregator_inventory_from_file{foundation="eu"}', '1x20', '1x3 0x20'),
  ],
  [
    'a replica that cannot share',
    'PromregatorReplicaAlone',
    { 'promregator_replication_role{foundation="eu",role="alone"}': '1x20' },
    {
      'promregator_replication_role{foundation="eu",role="alone"}': '0 1 1 0x17',
      'promregator_replication_role{foundation="eu",role="leader"}': '1x20',
    },
  ],
  [
    'a file that cannot be written',
    'PromregatorInventoryFileNotWritten',
    { 'promregator_inventory_file_writes_total{result="failure"}': '0+1x20' },
    { 'promregator_inventory_file_writes_total{result="success"}': '0+1x20' },
  ],
  [
    'a list whose loss is refuted, the first time',
    'PromregatorListShrinkNotBelieved',
    { [`${SHRINKS},result="refuted"}`]: '_x9 1x10' },
    { [`${SHRINKS},result="confirmed"}`]: '_x9 1x10' },
  ],
  [
    'a list of which two readings differ, again',
    'PromregatorListShrinkNotBelieved',
    ...oneSeries(`${SHRINKS},result="unclear"}`, '1x80 2x20', '1x100'),
  ],
  [
    'an API that fails',
    'PromregatorApiFailing',
    {
      'promregator_cf_requests_total{foundation="eu",kind="apps",result="success"}': '0+1x20',
      'promregator_cf_requests_total{foundation="eu",kind="apps",result="unreachable"}': '0+4x20',
    },
    {
      'promregator_cf_requests_total{foundation="eu",kind="apps",result="success"}': '0+4x20',
      'promregator_cf_requests_total{foundation="eu",kind="apps",result="unreachable"}': '0+1x20',
    },
  ],
  [
    'a pause that the API wants',
    'PromregatorApiPause',
    ...oneSeries('promregator_cf_request_pause_seconds{foundation="eu"}', '3600-60x20', '10 0x20'),
  ],
  [
    'more requests planned than allowed',
    'PromregatorRequestBudgetTooSmall',
    { [PLANNED]: '300x20', [PLANNED.replace('apps', 'routes')]: '300x20', [LIMIT]: '500x20' },
    { [PLANNED]: '300x20', [LIMIT]: '500x20' },
  ],
  [
    'an API that fails the watchdog',
    'PromregatorWatchdogReconnects',
    ...oneSeries('promregator_connection_watchdog_reconnect_total', '0+1x20', '0x5 1x20'),
  ],
  ['a foundation without token', 'PromregatorNoToken', ...oneSeries(TOKEN, '-1x20', '100000x20')],
  [
    'a replica that reads for all without token, and not of one that follows',
    'PromregatorNoToken',
    { [TOKEN]: '0x20', [roleSeries('follower')]: '0x20', [roleSeries('leader')]: '1x20' },
    { [TOKEN]: '0x20', [roleSeries('follower')]: '1x20', [roleSeries('leader')]: '0x20' },
  ],
  [
    'a leader whose token has ended beside its follower, and not of the follower whose token has',
    'PromregatorNoToken',
    {
      [seriesOf('a', TOKEN)]: '100x20',
      [seriesOf('a', roleSeries('follower'))]: '0x20',
      [seriesOf('b', TOKEN)]: '100000x20',
      [seriesOf('b', roleSeries('follower'))]: '1x20',
    },
    {
      [seriesOf('a', TOKEN)]: '100000x20',
      [seriesOf('a', roleSeries('follower'))]: '0x20',
      [seriesOf('b', TOKEN)]: '100x20',
      [seriesOf('b', roleSeries('follower'))]: '1x20',
    },
  ],
  [
    'an authenticator without token',
    'PromregatorAuthenticatorTokenFailing',
    { [NO_TOKEN]: '0+1x20' },
    { [NO_TOKEN.replace('refused', 'success')]: '0+1x20' },
  ],
  [
    'scrapes that fail for one cause',
    'PromregatorScrapesFailing',
    {
      'promregator_scrapes_total{instance="a",result="success"}': '0+60x20',
      'promregator_scrapes_total{instance="a",result="target_late"}': '0+40x20',
    },
    {
      'promregator_scrapes_total{instance="a",result="success"}': '0+60x20',
      'promregator_scrapes_total{instance="a",result="caller_gone"}': '0+40x20',
    },
  ],
  [
    'a rule that matches nothing',
    'PromregatorRuleMatchesNothing',
    ...oneSeries('promregator_rule_applications{rule="lab"}', '0x100', '1x100'),
  ],
  [
    'replicas with different configurations',
    'PromregatorReplicasConfiguredDifferently',
    {
      'promregator_config_hash{job="cf",app_name="promregator",instance="a"}': '7x20',
      'promregator_config_hash{job="cf",app_name="promregator",instance="b"}': '8x20',
    },
    {
      'promregator_config_hash{job="cf",app_name="promregator",instance="a"}': '7x20',
      'promregator_config_hash{job="cf",app_name="promregator",instance="b"}': '8x10 7x10',
      'promregator_config_hash{job="cf",app_name="another",instance="c"}': '9x20',
    },
  ],
  [
    'replicas that offer different targets',
    'PromregatorReplicasOfferDifferentTargets',
    {
      'promregator_inventory_version{job="cf",instance="a"}': '7+1x100',
      'promregator_inventory_version{job="cf",instance="b"}': '7x100',
    },
    {
      'promregator_inventory_version{job="cf",instance="a"}': '7x70 8x80',
      'promregator_inventory_version{job="cf",instance="b"}': '7x75 8x80',
    },
  ],
];

function roleSeries(role: string): string {
  return `promregator_replication_role{foundation="eu",role="${role}"}`;
}

/** As a replica has it. */
function seriesOf(instance: string, name: string): string {
  return name.replace('{', `{job="cf",instance="${instance}",`);
}

/** A single one, whose values alone decide. */
function oneSeries(name: string, wrong: string, fine: string): readonly [wrong: Series, fine: Series] {
  return [{ [name]: wrong }, { [name]: fine }];
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
      'failures of the watchdog',
      'promregator_connection_watchdog_reconnect_total',
      'promregator_connection_watchdog_reconnect',
      'promregator_connection_watchdog_reconnect',
    ],
    [
      'the heap',
      'promregator_nodejs_heap_size_used_bytes',
      'promregator_jvm_memory_bytes_used',
      '{__name__="promregator_jvm_memory_bytes_used",area="heap"}',
    ],
  ])('%s', (_, series, expr, labels) => {
    const expected = { expr, samples: [{ labels, value: 7 }] };
    expect(evaluate('recording-rules-0.x.yml', { [series]: '7x20' }, expected)).toMatchObject({ status: 0 });
  });

  test('they are made of metrics that we have', () => {
    const ours = new Set<string>(Object.values(OWN_METRICS).map(({ name }) => name));
    for (const file of ['recording-rules-0.x.yml', 'alerts.yml']) {
      for (const expr of rulesIn(file).map((each) => each.expr)) {
        const names = [...expr.matchAll(/promregator_\w+/g)].map(([name]) =>
          name.replace(/_(?:bucket|sum|count)$/, ''),
        );
        expect(names.filter((name) => !ours.has(name) && !name.startsWith('promregator_nodejs_'))).toEqual([]);
      }
    }
  });

  test.each(ALERTS)('an alert tells of %s', (_, alert, wrong, fine) => {
    const expr = `count(ALERTS{alertname="${alert}",alertstate="firing"})`;
    const samples = [{ labels: '{}', value: 1 }];
    expect(evaluate('alerts.yml', wrong, { expr, samples })).toMatchObject({ status: 0 });
    expect(evaluate('alerts.yml', fine, { expr, samples: [] })).toMatchObject({ status: 0 });
  });

  test('each alert is shown, and says what to do', () => {
    const alerts = rulesIn('alerts.yml');
    const shown = new Set(ALERTS.map(([, alert]) => alert));
    expect(alerts.map(({ alert = '' }) => alert).filter((alert) => !shown.has(alert))).toEqual([]);
    const silent = alerts.filter(({ annotations }) => !annotations?.['summary'] || !annotations['description']);
    expect(silent).toEqual([]);
  });

  function evaluate(
    file: string,
    series: Series,
    expected: { readonly expr: string; readonly samples: readonly object[] },
  ): ReturnType<typeof promtool> {
    const path = join(folder.path, 'test.yml');
    const { expr, samples } = expected;
    const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const promql_expr_test = [{ expr, eval_time: evaluationTime(series), exp_samples: samples }];
    const tests = [{ interval: '1m', input_series, promql_expr_test }];
    writeFileSync(path, stringify({ rule_files: [join(RULES, file)], evaluation_interval: '1m', tests }));
    return promtool('test', 'rules', path);
  }
});

/** Late enough for every `for`: most cases are of 20 minutes, some of more than an hour. */
function evaluationTime(series: Series): string {
  return Object.values(series).some((values) => /x(?:80|100)\b/.test(values)) ? '95m' : '19m';
}
