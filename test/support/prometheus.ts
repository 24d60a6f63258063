import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../src/base/free-port.js';
import { temporaryFolder } from './temporary-folder.js';
import { waitUntil } from './wait-until.js';

export interface Prometheus {
  readonly url: string;
  readonly folder: string;
  /** Active targets, by the `instance` label. */
  targets(job?: string): Promise<readonly PrometheusTarget[]>;
  /** Instant vector of a query: labels and value of each series. */
  query(expression: string): Promise<readonly Series[]>;
  /** Alerts that are pending or firing, one for each series. */
  alerts(): Promise<readonly Alert[]>;
  stop(): Promise<void>;
}

export interface PrometheusTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
  readonly scrapeUrl: string;
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/**
 * A real Prometheus on loopback. `scrapeConfigs` may name files in `folder`, which is there before the start; `rules` is
 * what a rules file holds.
 */
export async function startPrometheus(
  scrapeConfigs: (folder: string) => readonly object[],
  rules: object = { groups: [] },
): Promise<Prometheus> {
  requireProgram('prometheus');
  const folder = temporaryFolder();
  const file = join(folder.path, 'prometheus.yml');
  writeFileSync(join(folder.path, 'rules.yml'), stringify(rules));
  const global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  writeFileSync(file, stringify({ global, rule_files: ['rules.yml'], scrape_configs: scrapeConfigs(folder.path) }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await waitUntil(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok, {
    within: 30_000,
    describe: () => text,
  });

  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(url + path);
    const body: { data: T } = JSON.parse(await answer.text());
    return body.data;
  }

  return {
    url,
    folder: folder.path,
    async targets(job) {
      const { activeTargets } = await ask<{ activeTargets: PrometheusTarget[] }>('/api/v1/targets?state=active');
      return activeTargets.filter(({ labels }) => job === undefined || labels['job'] === job);
    },
    async query(expression) {
      return (await ask<{ result: Series[] }>(`/api/v1/query?query=${encodeURIComponent(expression)}`)).result;
    },
    async alerts() {
      return (await ask<{ alerts: Alert[] }>('/api/v1/alerts')).alerts;
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
      folder.remove();
    },
  };
}

/** Fails with one line that names the remedy where a partner program is missing. */
export function requireProgram(program: 'prometheus' | 'promtool' | 'curl'): void {
  const debianPackage = program === 'promtool' ? 'prometheus' : program;
  if (spawnSync(program, ['--version']).error !== undefined) {
    throw new Error(`this test needs ${program}, which is not installed: apt-get install ${debianPackage}`);
  }
}
