import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { requireProgram } from './support/prometheus.js';
import { configFor, type PromregatorProcess, startPromregator } from './support/promregator-process.js';
import { waitUntil } from './support/wait-until.js';

let simulator: Simulator;
let program: PromregatorProcess;

beforeAll(async () => {
  simulator = await startSimulator({ applications: 3, instances: 1 });
  const targets = [{ orgRegex: '.*' }, { orgName: 'nobody-has-this-name' }];
  program = await startPromregator({
    config: configFor(simulator, { targets, metrics: { requestLatency: true, internal: true } }),
  });
  await waitUntil(async () => (await fetch(`${program.url}/-/ready`)).ok, {
    within: 15_000,
    describe: () => program.log(),
  });
  simulator.faults.add({ kind: 'scrape', times: 1, action: { type: 'status', status: 500, form: 'text' } });
  const groups: { labels: Record<string, string> }[] = JSON.parse(
    await (await fetch(`${program.url}/discovery`)).text(),
  );
  for (const { labels } of groups) await (await fetch(program.url + labels['__metrics_path__'])).text();
});

afterAll(async () => {
  await program.stop();
  await simulator.stop();
});

async function metrics(accept?: string): Promise<{ text: string; type: string }> {
  const answer = await fetch(`${program.url}/promregatorMetrics`, accept === undefined ? {} : { headers: { accept } });
  return { text: await answer.text(), type: answer.headers.get('content-type') ?? '' };
}

test('promtool finds nothing but the inherited name', async () => {
  requireProgram('promtool');
  const { text } = await metrics();
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  const findings = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  expect(findings.filter((line) => !line.startsWith('promregator_request_latency_milliseconds '))).toEqual([]);
});

test.each([
  'promregator_build_info{version="',
  'promregator_discovery_instances 3',
  'promregator_rule_instances{rule="promregator.targets[0]"} 3',
  'promregator_rule_applications{rule="promregator.targets[1]"} 0',
  'promregator_inventory_age_seconds{foundation="default",kind="routes"}',
  'promregator_inventory_refreshes_total{foundation="default",kind="apps",result="success"}',
  'promregator_cf_requests_total{foundation="default",kind="root",result="success"} 1',
  'promregator_token_requests_total{foundation="default",grant="password",result="success"} 1',
  'promregator_scrapes_total{result="success"} 2',
  'promregator_scrapes_total{result="target_status"} 1',
  'promregator_scrapes_in_flight 0',
  'promregator_request_failure_total{org_name="',
  'promregator_request_latency_milliseconds_bucket{org_name="',
  'promregator_request_size_bytes_count{org_name="',
  'promregator_cffetch_latency_seconds_count{request_type="allOrgs"}',
  'promregator_cffetch_ratelimit_queue_size 0',
  'promregator_http_requests_total{endpoint="discovery",code="200"}',
  'promregator_process_resident_memory_bytes ',
  'promregator_nodejs_version_info{',
])('%s is there', async (line) => {
  expect((await metrics()).text).toContain(`\n${line}`);
});

test('OpenMetrics when asked for', async () => {
  const { text, type } = await metrics('application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5');
  expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(text.endsWith('\n# EOF\n')).toBe(true);
});
