import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startSimulator } from '../simulator/simulator.js';
import { startNginx } from './support/nginx.js';
import { type Program, startProgram } from './support/program.js';
import { printTable } from './support/table.js';
import { runWrk, type WrkResult } from './support/wrk.js';

/** Proxies share this core, one at a time; nginx as application and wrk have the other. */
const PROXY_CORE = 0;
const OTHER_CORE = 1;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const ROUND_SECONDS = 5;
const ROUNDS = 5;

/** As Prometheus 2.42 asks (facts/prometheus.md 2.1). */
const SCRAPE_HEADERS = {
  Accept:
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'Accept-Encoding': 'gzip',
  'User-Agent': 'Prometheus/2.42.0',
  'X-Prometheus-Scrape-Timeout-Seconds': '10',
};

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
  readonly peakMegabytes: number;
}

/** Throughput of a scrape through us, beside a bare proxy of the same parts and nginx, in one run. */
export async function run(): Promise<void> {
  const bodies = { m10: exposition(10_000), m150: exposition(150_000) };
  const nginx = await startNginx({
    bodies,
    upstreamPort: await freePort(),
    proxyPort: await freePort(),
    upstreamCore: OTHER_CORE,
    proxyCore: PROXY_CORE,
  });
  const upstream = `http://127.0.0.1:${nginx.upstreamPort}`;
  const bare = await startBareProxy(upstream);
  const few = await startOurs({
    applications: 1,
    instances: 3,
    upstreamPort: nginx.upstreamPort,
    paths: ['/m10', '/m150', '/gz/m10', '/gz/m150'],
  });
  const many = await startOurs({
    applications: 100,
    instances: 300,
    upstreamPort: nginx.upstreamPort,
    paths: ['/m10'],
  });
  try {
    const rows: string[][] = [];
    for (const path of ['/m10', '/m150', '/gz/m10', '/gz/m150']) {
      const contenders: Contender[] = [
        { name: 'Promregator, 3 instances', ...few.contender(path) },
        { name: 'bare node:http + undici', url: bare.url, pid: bare.pid, paths: [path] },
        { name: 'nginx proxy_pass', url: `http://127.0.0.1:${nginx.proxyPort}`, pid: nginx.proxyPid, paths: [path] },
      ];
      if (path === '/m10') contenders.splice(1, 0, { name: 'Promregator, 30,000 instances', ...many.contender(path) });
      rows.push(...tableRows(path, await compare(contenders)));
    }
    printTable(
      [
        'body',
        'proxy',
        'req/s',
        'p50 ms',
        'p99 ms',
        'CPU µs/req',
        'peak MB',
        'req/s of bare',
        'CPU of bare',
        'req/s of nginx',
      ],
      rows,
    );
  } finally {
    await Promise.all([few.stop(), many.stop(), bare.stop(), nginx.stop()]);
  }
}

/** In turns, so that what else the machine does strikes all alike; the median of the rounds counts. */
async function compare(contenders: readonly Contender[]): Promise<Map<string, Figures>> {
  for (const contender of contenders) await load(contender, WARM_UP_SECONDS);
  const rounds = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of contenders) rounds.get(contender.name)?.push(await load(contender, ROUND_SECONDS));
  }
  return new Map([...rounds].map(([name, figures]) => [name, medians(figures)]));
}

async function load({ url, pid, paths }: Contender, seconds: number): Promise<Figures> {
  const before = cpuSeconds(pid);
  const result: WrkResult = await runWrk({
    url,
    paths,
    headers: SCRAPE_HEADERS,
    connections: CONNECTIONS,
    seconds,
    core: OTHER_CORE,
  });
  return {
    requestsPerSecond: result.requestsPerSecond,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuMicrosPerRequest: ((cpuSeconds(pid) - before) / result.requests) * 1e6,
    peakMegabytes: Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
  };
}

function medians(figures: readonly Figures[]): Figures {
  const of = (pick: (each: Figures) => number): number => {
    const sorted = figures.map(pick).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return {
    requestsPerSecond: of((each) => each.requestsPerSecond),
    p50Ms: of((each) => each.p50Ms),
    p99Ms: of((each) => each.p99Ms),
    cpuMicrosPerRequest: of((each) => each.cpuMicrosPerRequest),
    peakMegabytes: of((each) => each.peakMegabytes),
  };
}

function tableRows(path: string, figures: ReadonlyMap<string, Figures>): string[][] {
  const bare = figures.get('bare node:http + undici');
  const nginx = figures.get('nginx proxy_pass');
  const body = `${path.endsWith('m150') ? '150 KB' : '10 KB'} ${path.startsWith('/gz') ? 'gzip' : 'identity'}`;
  return [...figures].map(([name, each]) => [
    body,
    name,
    each.requestsPerSecond.toFixed(0),
    each.p50Ms.toFixed(2),
    each.p99Ms.toFixed(1),
    each.cpuMicrosPerRequest.toFixed(0),
    each.peakMegabytes.toFixed(0),
    (each.requestsPerSecond / (bare?.requestsPerSecond ?? Number.NaN)).toFixed(2),
    (each.cpuMicrosPerRequest / (bare?.cpuMicrosPerRequest ?? Number.NaN)).toFixed(2),
    (each.requestsPerSecond / (nginx?.requestsPerSecond ?? Number.NaN)).toFixed(2),
  ]);
}

interface Ours {
  contender(path: string): { readonly url: string; readonly pid: number; readonly paths: readonly string[] };
  stop(): Promise<void>;
}

interface OursOptions {
  readonly applications: number;
  readonly instances: number;
  readonly upstreamPort: number;
  /** One rule for each. */
  readonly paths: readonly string[];
}

/** With everything on; only the limit per instance is lifted, since three of them get 32 scrapes at a time here. */
async function startOurs({ applications, instances, upstreamPort, paths }: OursOptions): Promise<Ours> {
  const simulator = await startSimulator({ applications, instances });
  const program: Program = await startProgram({
    core: PROXY_CORE,
    config: {
      cf: {
        api_host: simulator.apiHost,
        username: simulator.username,
        password: simulator.password,
        tls_config: { ca_file: simulator.caFile },
      },
      promregator: {
        connectTo: [`*.apps.sim.example:80 -> 127.0.0.1:${upstreamPort}`, ...simulator.connectTo],
        scraping: { maxConcurrentPerInstance: 64 },
        discovery: { ownMetricsEndpoint: false },
        targets: paths.map((path) => ({ path, protocol: 'http' })),
      },
    },
  });
  const targets = await discovered(program.url);
  return {
    contender(path) {
      const ours = targets.filter(({ rulePath }) => rulePath === path).map(({ path: own }) => own);
      return { url: program.url, pid: program.pid, paths: ours };
    },
    async stop() {
      await program.stop();
      await simulator.stop();
    },
  };

  /** Rules of one application and several paths: the first keeps the plain key, the others have a segment each. */
  async function discovered(url: string): Promise<{ path: string; rulePath: string }[]> {
    const groups: { labels: Record<string, string> }[] = JSON.parse(await whenReady(`${url}/discovery`));
    const segments = new Map<string, string>();
    const result: { path: string; rulePath: string }[] = [];
    for (const { labels } of groups) {
      const path = labels['__metrics_path__'] ?? '';
      const segment = path.split('/')[4] ?? '';
      const rulePath = segments.get(segment) ?? (await servedPath(url + path, paths));
      segments.set(segment, rulePath);
      result.push({ path, rulePath });
    }
    return result;
  }
}

/** Which body stands behind a target, by its size and encoding. */
async function servedPath(url: string, paths: readonly string[]): Promise<string> {
  const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip', 'user-agent': 'Prometheus/2.42.0' } });
  const isGzip = answer.headers.get('content-encoding') === 'gzip';
  const isLarge = Number(answer.headers.get('content-length')) > (isGzip ? 3_000 : 50_000);
  await answer.arrayBuffer().catch(() => undefined);
  return paths.find((path) => path.startsWith('/gz') === isGzip && path.endsWith('m150') === isLarge) ?? '';
}

async function whenReady(url: string): Promise<string> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answer = await fetch(url);
    const text = await answer.text();
    if (answer.status === 200) return text;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not become ready`);
}

async function startBareProxy(upstream: string): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const file = fileURLToPath(new URL('./support/bare-proxy.js', import.meta.url));
  const child: ChildProcess = spawn('taskset', ['-c', String(PROXY_CORE), process.execPath, file, upstream], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (data) => resolve(String(data).trim())),
  );
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Generated, but shaped like what a Spring application exports. */
function exposition(bytes: number): string {
  let text = '# HELP http_server_requests_seconds Time of requests.\n# TYPE http_server_requests_seconds histogram\n';
  for (let line = 0; text.length < bytes; line += 1) {
    text += `http_server_requests_seconds_bucket{exception="None",method="GET",outcome="SUCCESS",status="200",uri="/api/v${line % 9}/things/${line}",le="0.${line % 97}"} ${(line * 7919) % 99_991}\n`;
  }
  return text;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await run();
