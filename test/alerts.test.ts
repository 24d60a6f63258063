import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Prometheus, startPrometheus } from './support/prometheus.js';
import { configFor, type PromregatorProcess } from './support/promregator-process.js';
import { reloadWith, startReady } from './support/ready-program.js';
import { waitUntil } from './support/wait-until.js';

/** For a range of seconds to have filled and emptied, on a busy machine. */
const SEEN_WITHIN_MS = 45_000;
const NEW_PASSWORD = 'another-password';

let simulator: Simulator;
let promregator: PromregatorProcess;
let prometheus: Prometheus;

beforeAll(async () => {
  simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 3, instances: 1 });
  promregator = await startReady({ config: config(simulator.password), args: ['--web.enable-lifecycle'] });
  const { host } = new URL(promregator.url);
  prometheus = await startPrometheus(
    () => [
      { job_name: 'promregator', metrics_path: '/promregatorMetrics', static_configs: [{ targets: [host] }] },
      { job_name: 'cf', http_sd_configs: [{ url: `http://${host}/discovery`, refresh_interval: '1s' }] },
    ],
    hastened(readFileSync(new URL('../deploy/prometheus/alerts.yml', import.meta.url), 'utf8')),
  );
});

afterAll(async () => {
  await prometheus?.stop();
  await promregator?.stop();
  await simulator?.stop();
});

function config(password: string): object {
  const { cf, promregator: own } = configFor(simulator, { discovery: { ownMetricsEndpoint: false } });
  return { cf: { ...cf, password }, promregator: own, server: { drainSeconds: 0 } };
}

const rulesFile = z.object({
  groups: z.array(z.object({ name: z.string(), rules: z.array(z.looseObject({ expr: z.string() })) })),
});

/** The alerts that we ship, with minutes and hours made to seconds, and lists that are old after seconds. */
function hastened(text: string): object {
  const { groups } = rulesFile.parse(parse(text));
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({
        ...rule,
        expr: rule.expr.replace(/\b(?:\d+m|1h)\b/g, '5s').replace('> 600', '> 8'),
        ...('for' in rule ? { for: '1s' } : {}),
      })),
    })),
  };
}

async function firing(): Promise<ReadonlySet<string>> {
  const alerts = await prometheus.alerts();
  return new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname'] ?? ''));
}

async function until(satisfied: (names: ReadonlySet<string>) => boolean): Promise<void> {
  await waitUntil(async () => satisfied(await firing()), {
    within: SEEN_WITHIN_MS,
    every: 200,
    describe: async () => ({ alerts: await prometheus.alerts(), log: promregator.log().slice(-10) }),
  });
}

interface Trouble {
  readonly of: string;
  /** Gives what ends it. */
  begin(): (() => unknown) | Promise<() => unknown>;
  readonly fires: readonly string[];
  /** What it must not be taken for. */
  readonly silent: readonly string[];
}

const API_KINDS = ['root', 'organizations', 'spaces', 'apps', 'processes', 'routes', 'domains'] as const;

const TROUBLES: readonly Trouble[] = [
  {
    of: 'an API that fails',
    begin() {
      for (const kind of API_KINDS)
        simulator.faults.add({ kind, action: { type: 'status', status: 503, form: 'html' } });
      return () => simulator.faults.clear();
    },
    fires: ['PromregatorApiFailing', 'PromregatorInventoryOld'],
    silent: ['PromregatorNoToken', 'PromregatorScrapesFailing', 'PromregatorDown', 'PromregatorFoundationNotReady'],
  },
  {
    of: 'a UAA that refuses the password, until the right one is configured',
    begin() {
      simulator.uaa.setPassword(simulator.username, NEW_PASSWORD);
      simulator.uaa.tokens.revokeRefresh();
      simulator.uaa.tokens.expireAccess();
      return () => reloadWith(promregator, config(NEW_PASSWORD));
    },
    fires: ['PromregatorNoToken', 'PromregatorInventoryOld'],
    silent: ['PromregatorScrapesFailing', 'PromregatorDown', 'PromregatorConfigReloadFailed'],
  },
  {
    of: 'an application that answers 500',
    begin() {
      const app = simulator.world.applications()[0]?.guid ?? '';
      const fault = simulator.faults.add({
        kind: 'scrape',
        app,
        action: { type: 'status', status: 500, form: 'text' },
      });
      return () => fault.remove();
    },
    fires: ['PromregatorScrapesFailing'],
    silent: ['PromregatorApiFailing', 'PromregatorNoToken', 'PromregatorDown'],
  },
  {
    of: 'a configuration that is refused',
    async begin() {
      promregator.rewrite('promregator: {targets: [{orgNam: x}]}');
      const { status } = await fetch(`${promregator.url}/-/reload`, { method: 'POST' });
      expect(status).toBe(500);
      return () => reloadWith(promregator, config(NEW_PASSWORD));
    },
    fires: ['PromregatorConfigReloadFailed'],
    silent: ['PromregatorScrapesFailing', 'PromregatorDown', 'PromregatorFoundationNotReady'],
  },
  {
    of: 'a replica that is gone',
    async begin() {
      const { port } = new URL(promregator.url);
      await promregator.stop('SIGKILL');
      return async () => {
        promregator = await startReady({ config: config(NEW_PASSWORD), args: [`--server.port=${port}`] });
      };
    },
    fires: ['PromregatorDown'],
    silent: ['PromregatorApiFailing', 'PromregatorNoToken'],
  },
];

test('nothing is told where nothing is wrong', { timeout: 60_000 }, async () => {
  await waitUntil(async () => (await prometheus.query('sum(up) == 4')).length === 1, {
    within: SEEN_WITHIN_MS,
    describe: () => prometheus.targets(),
  });
  await until((names) => names.size === 0);
});

test.each(TROUBLES)('Prometheus tells of $of, and of its end', { timeout: 120_000 }, async (trouble) => {
  const end = await trouble.begin();
  await until((names) => trouble.fires.every((name) => names.has(name)));
  const told = await firing();
  expect(trouble.silent.filter((name) => told.has(name))).toEqual([]);
  await end();
  await until((names) => names.size === 0);
});
