import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RunningInstance, RunOptions, Simulator } from '../../simulator/simulator.js';
import { ask, type Reply } from '../../simulator/testing/client.js';
import { type Prometheus, requireProgram, startPrometheus } from './prometheus.js';
import { type LogLine, PROGRAM } from './promregator-process.js';
import { waitUntil } from './wait-until.js';

export interface ReplicasOptions {
  readonly instances: number;
  /** As it would stand in promregator.yml; all replicas have the same. */
  readonly config: object;
  /** Default promregator. */
  readonly name?: string;
  /** What differs from a usual start. */
  readonly run?: Partial<RunOptions>;
  /** `VCAP_APPLICATION` as the platform gives it, or as if it gave none. */
  readonly platform?: 'known' | 'unknown';
}

/** The program as an application of the simulated foundation, behind its router. */
export interface Replicas {
  readonly name: string;
  readonly guid: string;
  /** Without port: what the router knows it by. */
  readonly host: string;
  instances(): readonly RunningInstance[];
  /** Waits until that many serve, and no other is left. */
  settled(count: number): Promise<readonly RunningInstance[]>;
  /** By the router's choice, or of one replica. */
  ask(path: string, index?: number): Promise<Reply>;
  /** What the replicas of an index have logged. */
  log(index: number): readonly LogLine[];
  /** How processes ended so far, such as `Exited with status 0`. */
  exits(): readonly string[];
  /** Requests that the router has passed on, such as `0 GET /discovery 200`. */
  requests(): readonly string[];
  describe(): unknown;
}

/**
 * Short, so that tests take seconds; what is promised within 10 s keeps its 10 s. A check may take longer than in the real
 * world: a machine that runs other tests beside would have replicas replaced for its own slowness.
 */
const TIMES = {
  startIntervalMs: 100,
  checkIntervalMs: 500,
  invocationTimeoutMs: 30_000,
  routeLagMs: 300,
  deploymentTickMs: 200,
};

export function startReplicas(simulator: Simulator, options: ReplicasOptions): Replicas {
  const { name = 'promregator', instances, platform = 'known' } = options;
  const file = join(configFolder(simulator), `${name}.yml`);
  writeFileSync(file, stringify(options.config));
  const words = [PROGRAM, 'serve', `--config.file=${file}`, '--server.address=127.0.0.1', '--log.format=json'];
  // Outside of Cloud Foundry nobody listens to PORT unless told to.
  const unknown = ['-u', 'VCAP_APPLICATION', process.execPath, ...words, `--server.port=\${PORT}`];
  const { guid, routes } = simulator.diego.run({
    name,
    space: simulator.world.spaces()[0]?.guid ?? '',
    instances,
    command: platform === 'known' ? process.execPath : 'env',
    args: platform === 'known' ? words : unknown,
    healthCheck: { type: 'http', endpoint: '/-/healthy' },
    readinessCheck: { type: 'http', endpoint: '/-/ready' },
    ...options.run,
    times: { ...TIMES, ...options.run?.times },
  });
  const [route] = routes;
  const host = `${route?.host}.${route?.domain.name}`;
  const all = (): readonly RunningInstance[] => simulator.diego.instances(name);
  const describe = (): unknown => ({
    now: all(),
    log: simulator.diego
      .logs(name)
      .slice(-40)
      .map(({ text }) => text),
  });
  return {
    name,
    guid,
    host,
    instances: all,
    settled: (count) =>
      waitUntil(() => all().length === count && all().every(({ routable }) => routable) && all(), {
        within: 30_000,
        describe,
        every: 20,
      }),
    ask: (path, index) =>
      ask(simulator, `http://${host}${path}`, {
        headers: index === undefined ? {} : { 'x-cf-app-instance': `${guid}:${index}` },
      }),
    log: (index) =>
      simulator.diego
        .logs(name)
        .filter((line) => line.index === index && line.source.startsWith('APP'))
        .flatMap(({ text }) => parseLine(text)),
    exits: () => simulator.diego.logs(name).flatMap(({ text }) => (text.startsWith('Exited with') ? [text] : [])),
    requests: () =>
      simulator.diego.logs(name).flatMap(({ source, index, text }) => (source === 'RTR' ? passedOn(index, text) : [])),
    describe,
  };
}

/** How Prometheus comes to its targets. */
export type Way = 'http_sd_configs' | 'file_sd_configs';

export interface RoutedJob {
  readonly name: string;
  readonly way: Way;
  /** Further settings of the scrape configuration. */
  readonly settings?: object;
}

export interface RoutedPrometheus extends Prometheus {
  /** Failed scrapes of each `job instance` since a moment, those without any left out. Takes series such as `up{job="x"}`. */
  failures(selector: string, since: Date): Promise<Readonly<Record<string, number>>>;
  /** What Prometheus has said of failed scrapes from now on until it is asked: `job instance: error`. */
  hearComplaints(): { stop(): readonly string[] };
  /** The smallest number of targets that there were at once since a moment: what vanishes is stale at once. */
  fewest(selector: string, since: Date): Promise<number>;
}

/** Three jobs ask each instance each second then, and a busy machine has time to answer. */
const PACE = { scrape_interval: '3s', scrape_timeout: '3s' };

/** A real Prometheus that reaches the replicas through the router only, as its proxy. */
export async function startRoutedPrometheus(
  simulator: Simulator,
  replicas: Replicas,
  jobs: readonly RoutedJob[],
): Promise<RoutedPrometheus> {
  const router = routerAddress(simulator);
  const proxy = { proxy_url: `http://${router}` };
  const url = `http://${replicas.host}/discovery`;
  const prometheus = await startPrometheus((folder) =>
    jobs.map(({ name, way, settings }) => ({
      job_name: name,
      ...PACE,
      ...proxy,
      ...(way === 'http_sd_configs'
        ? { http_sd_configs: [{ url, refresh_interval: '1s', ...proxy }] }
        : { file_sd_configs: [{ files: [join(folder, 'targets.json')], refresh_interval: '1s' }] }),
      ...settings,
    })),
  );
  const byFile = jobs.some(({ way }) => way === 'file_sd_configs');
  const feeder = byFile ? feedFile(url, router, prometheus.folder) : undefined;
  return {
    ...prometheus,
    async failures(selector, since) {
      const now = Date.now();
      const range = `${selector}[${now - since.getTime()}ms] @ ${now / 1000}`;
      const series = await prometheus.query(`count_over_time(${range}) - sum_over_time(${range}) > 0`);
      return Object.fromEntries(
        series.map(({ metric, value }) => [`${metric['job']} ${metric['instance']}`, Number(value[1])]),
      );
    },
    hearComplaints() {
      const heard = new Set<string>();
      const timer = setInterval(() => {
        void prometheus.targets().then((targets) => {
          for (const { labels, lastError } of targets) {
            if (lastError !== '') heard.add(`${labels['job']} ${labels['instance']}: ${lastError}`);
          }
        });
      }, 200);
      return {
        stop() {
          clearInterval(timer);
          return [...heard];
        },
      };
    },
    async fewest(selector, since) {
      const [series] = await prometheus.query(`min_over_time(count(${selector})[${secondsSince(since)}s:1s])`);
      return Number(series?.value[1] ?? 0);
    },
    async stop() {
      feeder?.kill('SIGKILL');
      await prometheus.stop();
    },
  };
}

/** As an operator without `http_sd_configs` does it. */
function feedFile(url: string, router: string, folder: string): ChildProcess {
  requireProgram('curl');
  const target = join(folder, 'targets.json');
  const script = `while :; do curl -sf --connect-to '::${router}' -o '${target}.new' '${url}' && mv '${target}.new' '${target}'; sleep 1; done`;
  return spawn('sh', ['-c', script], { stdio: 'ignore' });
}

/** Whole seconds, not more: before that moment there may have been less to see. */
function secondsSince(moment: Date): number {
  return Math.floor((Date.now() - moment.getTime()) / 1000);
}

/** Where the router listens for http. */
function routerAddress({ connectTo }: Simulator): string {
  const entry = connectTo.find((each) => each.includes(':80 -> '));
  return entry?.split(' -> ')[1] ?? '';
}

/** Deleted with the simulator's own files. */
function configFolder(simulator: Simulator): string {
  return join(simulator.caFile, '..');
}

function passedOn(index: number, text: string): readonly string[] {
  const [, request, status] = /"(\S+ \S+) HTTP\/1\.1" (\d+) /.exec(text) ?? [];
  return request === undefined ? [] : [`${index} ${request} ${status}`];
}

function parseLine(text: string): LogLine[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
