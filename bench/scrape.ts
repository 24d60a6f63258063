import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/base/free-port.js';
import { endChild, pidOf } from './support/child.js';
import { configFor } from './support/config.js';
import { untilDiscovered } from './support/discovered.js';
import { count, megabytes, ratio } from './support/format.js';
import { startNginx } from './support/nginx.js';
import { startProgram } from './support/program.js';
import { runWhenStarted } from './support/run-bench.js';
import { startSimulatorProcess } from './support/simulator-process.js';
import { onStage, type Part, type Stage } from './support/stage.js';
import { median } from './support/statistics.js';
import { printTable } from './support/table.js';
import { readUsage } from './support/usage.js';
import { runWrk } from './support/wrk.js';

/** Proxies share this core, one at a time; nginx as application and wrk have the other. */
const PROXY_CORE = 0;
const OTHER_CORE = 1;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const ROUND_SECONDS = 4;
const ROUNDS = 5;

/** As Prometheus 2.42 asks (facts/prometheus.md 2.1). */
const SCRAPE_HEADERS = {
  Accept:
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'Accept-Encoding': 'gzip',
  'User-Agent': 'Prometheus/2.42.0',
  'X-Prometheus-Scrape-Timeout-Seconds': '10',
};

const BODIES = [
  { name: '10 KB identity', path: '/m10' },
  { name: '10 KB gzip', path: '/gz/m10' },
  { name: '150 KB identity', path: '/m150' },
  { name: '150 KB gzip', path: '/gz/m150' },
] as const;

const BARE = 'bare node:http + undici';
const MANY = 'Promregator, 30,000 instances';
const BARE_MANY = 'bare, asked for 30,000 paths';
const NGINX = 'nginx proxy_pass';

interface Contender {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly paths: readonly string[];
}

interface Figures {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerRequest: number;
  readonly peakBytes: number;
}

/** Throughput of a scrape through us, with everything on, beside a bare proxy of the same parts and nginx, in one run. */
export async function run(): Promise<void> {
  await onStage(async (stage) => {
    const nginx = stage.add(
      await startNginx({
        bodies: { m10: exposition(10_000), m150: exposition(150_000) },
        upstreamPort: await freePort(),
        proxyPort: await freePort(),
        upstreamCore: OTHER_CORE,
        proxyCore: PROXY_CORE,
      }),
    );
    const bare = await startBareProxy(stage, `http://127.0.0.1:${nginx.upstreamPort}`);
    const rows: string[][] = [];
    for (const { name, path } of BODIES) {
      const few = await startOurs({ applications: 1, instances: 3, upstreamPort: nginx.upstreamPort, path });
      // Thousands of instances behind a few names: it is the directory that is to be felt here, not the connections.
      const many =
        path === '/m10'
          ? await startOurs({ applications: 6, instances: 5_000, upstreamPort: nginx.upstreamPort, path })
          : undefined;
      try {
        const contenders: Contender[] = [
          { name: 'Promregator, 3 instances', ...few },
          { name: BARE, ...bare, paths: [path] },
          ...(many === undefined
            ? []
            : [
                { name: MANY, ...many },
                // wrk itself is slower with 30,000 paths, so the bare proxy gets as many.
                { name: BARE_MANY, ...bare, paths: many.paths.map((each) => `${path}?${each}`) },
              ]),
          { name: NGINX, url: `http://127.0.0.1:${nginx.proxyPort}`, pid: nginx.proxyPid, paths: [path] },
        ];
        rows.push(...tableRows(name, await compare(contenders)));
      } finally {
        await few.stop();
        await many?.stop();
      }
    }
    printTable(
      ['body', 'proxy', 'req/s', 'of bare', 'of nginx', 'p50 ms', 'p99 ms', 'CPU µs/req', 'of bare', 'peak MB'],
      rows,
    );
  });
}

/** In turns, so that what else the machine does strikes all alike; ratios are taken within a round, medians over rounds. */
async function compare(contenders: readonly Contender[]): Promise<ReadonlyMap<string, readonly Figures[]>> {
  for (const contender of contenders) await load(contender, WARM_UP_SECONDS);
  const rounds = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of contenders) rounds.get(contender.name)?.push(await load(contender, ROUND_SECONDS));
  }
  return rounds;
}

async function load({ url, pid, paths }: Contender, seconds: number): Promise<Figures> {
  const before = readUsage(pid).cpuMs;
  const result = await runWrk({
    url,
    paths,
    headers: SCRAPE_HEADERS,
    connections: CONNECTIONS,
    seconds,
    core: OTHER_CORE,
  });
  const { cpuMs, peakBytes } = readUsage(pid);
  return {
    requestsPerSecond: result.requestsPerSecond,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicrosPerRequest: ((cpuMs - before) / result.requests) * 1000,
    peakBytes,
  };
}

function tableRows(body: string, figures: ReadonlyMap<string, readonly Figures[]>): string[][] {
  const bareFor = (name: string): readonly Figures[] => figures.get(name === MANY ? BARE_MANY : BARE) ?? [];
  const nginx = figures.get(NGINX) ?? [];
  return [...figures].map(([name, rounds]) => {
    const of = (pick: (each: Figures) => number): number => median(rounds.map(pick));
    const against = (others: readonly Figures[], pick: (each: Figures) => number): string =>
      ratio(median(rounds.map((each, round) => pick(each) / pick(others[round] ?? each))));
    return [
      body,
      name,
      count(of((each) => each.requestsPerSecond)),
      against(bareFor(name), (each) => each.requestsPerSecond),
      against(nginx, (each) => each.requestsPerSecond),
      of((each) => each.p50Ms).toFixed(2),
      of((each) => each.p99Ms).toFixed(1),
      of((each) => each.cpuMicrosPerRequest).toFixed(0),
      against(bareFor(name), (each) => each.cpuMicrosPerRequest),
      megabytes(of((each) => each.peakBytes)),
    ];
  });
}

interface Ours extends Pick<Part, 'stop'> {
  readonly url: string;
  readonly pid: number;
  readonly paths: readonly string[];
}

interface OursOptions {
  readonly applications: number;
  readonly instances: number;
  readonly upstreamPort: number;
  readonly path: string;
}

/** With everything on; only the limit per instance is lifted, since three of them get 32 scrapes at a time here. */
async function startOurs({ applications, instances, upstreamPort, path }: OursOptions): Promise<Ours> {
  const simulator = await startSimulatorProcess({ organizations: 1, spaces: 1, applications, instances });
  const { cf, promregator } = configFor(simulator, {
    targets: [{ path, protocol: 'http' }],
    scraping: { maxConcurrentPerInstance: 64 },
  });
  const connectTo = [`*.apps.sim.example:80 -> 127.0.0.1:${upstreamPort}`, ...simulator.connectTo];
  const program = await startProgram({ core: PROXY_CORE, config: { cf, promregator: { ...promregator, connectTo } } });
  const { paths } = await untilDiscovered(program);
  return {
    url: program.url,
    pid: program.pid,
    paths: mixed(paths),
    async stop() {
      await program.stop();
      await simulator.stop();
    },
  };
}

/**
 * In an order without order: Prometheus spreads its scrapes by a hash, and does not visit one application's instances one
 * after the other. The same at each run.
 */
function mixed(paths: readonly string[]): string[] {
  const digest = (path: string): string => createHash('sha256').update(path).digest('hex');
  return [...paths].sort((a, b) => (digest(a) < digest(b) ? -1 : 1));
}

async function startBareProxy(stage: Stage, upstream: string): Promise<{ readonly url: string; readonly pid: number }> {
  const file = fileURLToPath(new URL('./support/bare-proxy.js', import.meta.url));
  const child = spawn('taskset', ['-c', String(PROXY_CORE), process.execPath, file, upstream], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stage.add({ stop: () => endChild(child), kill: () => void child.kill() });
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data).trim())),
  );
  return { url: `http://127.0.0.1:${port}`, pid: pidOf(child, file) };
}

/** Generated, but shaped like what a Spring application exports. */
function exposition(bytes: number): string {
  let text = '# HELP http_server_requests_seconds Time of requests.\n# TYPE http_server_requests_seconds histogram\n';
  for (let line = 0; text.length < bytes; line += 1) {
    text += `http_server_requests_seconds_bucket{exception="None",method="GET",outcome="SUCCESS",status="200",uri="/api/v${line % 9}/things/${line}",le="0.${line % 97}"} ${(line * 7919) % 99_991}\n`;
  }
  return text;
}

await runWhenStarted(import.meta.url, run);
