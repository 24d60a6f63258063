import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import type { Milliseconds, Seconds } from '../../src/base/duration.js';
import { configFor } from '../support/config.js';
import { count } from '../support/format.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import { type Prometheus, startPrometheus } from '../support/prometheus.js';
import { startRedis } from '../support/redis.js';
import { onStage, type Stage } from '../support/stage.js';
import { printTable } from '../support/table.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { passTime, waitFor } from '../support/wait.js';

/** Executed itself, as `cf push` has it started. */
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const APP = 'promregator';
const INDICES = [0, 1, 2];

const WORLD = { organizations: 10, spaces: 20, applications: 100, instances: 2 };
const TARGETS = WORLD.applications * WORLD.instances;
const SCRAPE_INTERVAL: Seconds = 5;
/** What is scraped before the outage counts too: so long it goes well already. */
const CALM_MS: Milliseconds = 10_000;
const WITHIN_MS: Milliseconds = 120_000;

const MEMORIES = ['promregator.cache.file', 'Redis'] as const;

type Memory = (typeof MEMORIES)[number];

export interface OutageOptions {
  readonly runtime: NodeRuntime;
  readonly minutes: number;
}

interface Outage {
  readonly restarted: number;
  readonly before: number;
  readonly fewest: number;
  readonly after: number;
  readonly scrapes: number;
  readonly failed: number;
  /** To Cloud Foundry, tokens included, while it was away. */
  readonly requests: number;
}

/** Cloud Foundry's API and UAA are away, and all replicas are restarted meanwhile, one after the other. */
export async function showOutages({ runtime, minutes }: OutageOptions): Promise<void> {
  const rows: string[][] = [];
  for (const memory of MEMORIES) {
    const { restarted, before, fewest, after, scrapes, failed, requests } = await onStage((stage) =>
      outage(stage, { runtime, minutes, memory }),
    );
    rows.push([memory, ...[restarted, before, after, before - fewest, scrapes, failed, requests].map(count)]);
  }
  console.log(
    `\n${INDICES.length} replicas behind the router; Cloud Foundry away for ${minutes} minutes; scrapes each ${SCRAPE_INTERVAL} s, counted by Prometheus.`,
  );
  printTable(
    [
      'with',
      'restarted',
      'targets before',
      'after',
      'lost',
      'scrapes',
      'failed',
      'requests to Cloud Foundry meanwhile',
    ],
    rows,
  );
}

async function outage(
  stage: Stage,
  { runtime, minutes, memory }: OutageOptions & { readonly memory: Memory },
): Promise<Outage> {
  const simulator = await startSimulator(WORLD);
  stage.add({ stop: simulator.stop, kill: () => void simulator.stop() });
  const settings = await settingsFor(stage, memory);
  const replicas = await startReplicas(simulator, { runtime, settings, folder: folderOn(stage) });
  const prometheus = stage.add(await startRoutedPrometheus(simulator, replicas.host));
  const others = `up{job="cloud-foundry",instance!~"${replicas.guid}:.*"}`;
  const up = (): Promise<number> => prometheus.value(`sum(${others})`);
  await untilUp(up);
  await passTime(CALM_MS);
  const beganMs = Date.now();
  const before = await prometheus.value(`count(${others})`);

  takeAway(simulator);
  simulator.requests.reset();
  const restarted = await restartAll(simulator, (minutes * 60_000) / INDICES.length);
  const requests = simulator.requests.total() - simulator.requests.count('scrape');
  bringBack(simulator);
  // Whatever else is to fail because of it has failed by then.
  await passTime(CALM_MS);
  await untilUp(up);

  const range = `${Math.floor((Date.now() - beganMs) / 1000)}s`;
  const figure = (expression: string): Promise<number> => prometheus.value(expression);
  const [all, good] = [`count_over_time(${others}[${range}])`, `sum_over_time(${others}[${range}])`];
  return {
    restarted,
    before,
    fewest: await figure(`min_over_time(count(${others})[${range}:1s])`),
    after: await figure(`count(${others})`),
    scrapes: await figure(`sum(${all})`),
    // One query: a second one would see later samples.
    failed: await figure(`sum(${all} - ${good})`),
    requests,
  };
}

/** What outlives a replica: settings of `promregator`. */
async function settingsFor(stage: Stage, memory: Memory): Promise<object> {
  if (memory === 'Redis') return { replication: { redis: { url: stage.add(await startRedis()).url } } };
  return { cache: { file: join(folderOn(stage), `inventory-\${CF_INSTANCE_INDEX}`) } };
}

function folderOn(stage: Stage): string {
  const folder = temporaryFolder();
  stage.add({ stop: async () => folder.remove(), kill: () => folder.remove() });
  return folder.path;
}

interface ReplicasOptions {
  readonly runtime: NodeRuntime;
  readonly settings: object;
  readonly folder: string;
}

interface Replicas {
  readonly guid: string;
  readonly host: string;
}

async function startReplicas(simulator: Simulator, { runtime, settings, folder }: ReplicasOptions): Promise<Replicas> {
  const usual = configFor(simulator, { targets: [{ orgRegex: '.*' }] });
  const file = join(folder, 'promregator.yml');
  writeFileSync(file, stringify({ ...usual, promregator: { ...usual.promregator, ...settings } }), { mode: 0o600 });
  const { guid, routes } = simulator.diego.run({
    name: APP,
    space: simulator.world.spaces()[0]?.guid ?? '',
    instances: INDICES.length,
    command: MAIN,
    args: ['serve', `--config.file=${file}`, '--server.address=127.0.0.1', '--log.format=json'],
    env: runtime.env,
    healthCheck: { type: 'http', endpoint: '/-/healthy' },
    readinessCheck: { type: 'http', endpoint: '/-/ready' },
    // A busy machine is not to pass for an unhealthy replica.
    times: { startIntervalMs: 500, invocationTimeoutMs: 10_000 },
  });
  await untilAllServe(simulator);
  const [route] = routes;
  return { guid, host: `${route?.host}.${route?.domain.name}` };
}

async function startRoutedPrometheus(simulator: Simulator, host: string): Promise<Prometheus> {
  const router = simulator.connectTo.find((entry) => entry.includes(':80 -> '))?.split(' -> ')[1] ?? '';
  const proxy_url = `http://${router}`;
  const discovery = { url: `http://${host}/discovery`, refresh_interval: `${SCRAPE_INTERVAL}s`, proxy_url };
  return await startPrometheus({
    promregatorUrl: `http://${host}`,
    intervalSeconds: SCRAPE_INTERVAL,
    job: { proxy_url, http_sd_configs: [discovery] },
  });
}

/** Spread over a time, each when the one before it serves. Gives how many are others now. */
async function restartAll(simulator: Simulator, eachMs: Milliseconds): Promise<number> {
  const old = new Set(simulator.diego.instances(APP).map(({ guid }) => guid));
  for (const index of INDICES) {
    const beganMs = performance.now();
    simulator.diego.restartInstance({ app: APP, index });
    await untilAllServe(simulator);
    await passTime(Math.max(0, eachMs - (performance.now() - beganMs)));
  }
  return simulator.diego.instances(APP).filter(({ guid }) => !old.has(guid)).length;
}

async function untilAllServe({ diego }: Simulator): Promise<void> {
  const serve = (): true | undefined => {
    const all = diego.instances(APP);
    return all.length === INDICES.length && all.every(({ routable }) => routable) ? true : undefined;
  };
  const log = (): string => JSON.stringify(diego.logs(APP).slice(-20));
  await waitFor(serve, { withinMs: WITHIN_MS, everyMs: 50, what: () => `all replicas serve\n${log()}` });
}

async function untilUp(up: () => Promise<number>): Promise<void> {
  await waitFor(async () => ((await up()) === TARGETS ? true : undefined), {
    withinMs: WITHIN_MS,
    everyMs: 200,
    what: () => `Prometheus sees ${TARGETS} targets up`,
  });
}

/** The router says that the API does not answer, and UAA resets connections. */
function takeAway({ platform, faults }: Simulator): void {
  platform.api = 'failing';
  faults.add({ kind: 'token', action: { type: 'reset', when: 'before_head' } });
}

function bringBack({ platform, faults }: Simulator): void {
  platform.api = 'up';
  faults.clear();
}
