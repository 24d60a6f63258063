import { parseArgs } from 'node:util';
import type { Milliseconds } from '../src/base/duration.js';
import { configFor } from './support/config.js';
import { untilDiscovered } from './support/discovered.js';
import { count, megabytes, milliseconds, ratio } from './support/format.js';
import { type OwnMetrics, readOwnMetrics } from './support/own-metrics.js';
import { type Program, startProgram } from './support/program.js';
import { type Prometheus, startPrometheus } from './support/prometheus.js';
import { runWhenStarted } from './support/run-bench.js';
import type { SimulatorView } from './support/simulator-messages.js';
import { type SimulatorProcess, startSimulatorProcess } from './support/simulator-process.js';
import { onStage } from './support/stage.js';
import { printTable } from './support/table.js';
import type { Usage } from './support/usage.js';
import { passTime } from './support/wait.js';
import { LARGE_WORLD } from './support/worlds.js';

const INTERVAL_SECONDS = 15;
/** Prometheus finds its targets within one interval and has scraped each of them within another. */
const WARM_UP_MS: Milliseconds = 45_000;
const MEASURED_SECONDS = 120;

type Scheme = 'https' | 'http';

interface Choices {
  readonly schemes: readonly Scheme[];
  readonly bodyBytes: number;
}

/** 3,500 instances under a real Prometheus: what it sees of them, and what each of the three processes needs. */
export async function run(): Promise<void> {
  const { schemes, bodyBytes } = readChoices(process.argv.slice(2));
  for (const scheme of schemes) await scrapeAll(scheme, bodyBytes);
}

/** `--scheme=https` or `http` for one of the two; `--body-bytes=10000`. */
function readChoices(args: string[]): Choices {
  const { values } = parseArgs({
    args,
    options: { scheme: { type: 'string' }, 'body-bytes': { type: 'string', default: '10000' } },
  });
  const { scheme } = values;
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') throw new Error('--scheme is http or https');
  return { schemes: scheme === undefined ? ['https', 'http'] : [scheme], bodyBytes: Number(values['body-bytes']) };
}

async function scrapeAll(scheme: Scheme, bodyBytes: number): Promise<void> {
  await onStage(async (stage) => {
    const simulator = stage.add(await startSimulatorProcess({ ...LARGE_WORLD, bodyBytes }));
    const config = configFor(simulator, { targets: [{ protocol: scheme }] });
    const program = stage.add(await startProgram({ config }));
    const { paths } = await untilDiscovered(program);
    const prometheus = stage.add(
      await startPrometheus({ promregatorUrl: program.url, intervalSeconds: INTERVAL_SECONDS }),
    );
    await passTime(WARM_UP_MS);
    const before = await look({ simulator, program, prometheus });
    await passTime(MEASURED_SECONDS * 1000);
    const after = await look({ simulator, program, prometheus });
    console.log(
      `\n${count(paths.length)} instances, ${scheme}, bodies of ${count(bodyBytes)} bytes, every ${INTERVAL_SECONDS} s, measured for ${MEASURED_SECONDS} s`,
    );
    await printSeen(prometheus, before, after);
    printProcesses(before, after);
    printConnections(after);
  });
}

interface Players {
  readonly simulator: SimulatorProcess;
  readonly program: Program;
  readonly prometheus: Prometheus;
}

interface Look {
  readonly atMs: Milliseconds;
  readonly usages: Readonly<Record<keyof Players, Usage>>;
  readonly metrics: OwnMetrics;
  readonly view: SimulatorView;
}

async function look({ simulator, program, prometheus }: Players): Promise<Look> {
  return {
    atMs: performance.now(),
    usages: { simulator: simulator.usage(), program: program.usage(), prometheus: prometheus.usage() },
    metrics: await readOwnMetrics(program),
    view: await simulator.view(),
  };
}

async function printSeen(prometheus: Prometheus, before: Look, after: Look): Promise<void> {
  const range = `[${MEASURED_SECONDS}s]`;
  const value = (expression: string): Promise<number> => prometheus.value(expression);
  const duration = async (share: number, metric: string): Promise<string> =>
    milliseconds(1000 * (await value(`quantile(${share}, ${metric})`)));
  const slowest = async (metric: string): Promise<string> =>
    milliseconds(1000 * (await value(`max(max_over_time(${metric}${range}))`)));
  const results = [...after.metrics.series('promregator_scrapes_total')].map(([labels, total]) => [
    `scrapes ${labels}`,
    count(total - (before.metrics.series('promregator_scrapes_total').get(labels) ?? 0)),
  ]);
  const ofPrometheus = 'scrape_duration_seconds';
  const ofPromregator = 'promregator_scrape_duration_seconds';
  printTable(
    ['what Prometheus sees', ''],
    [
      ['instances up', count(await value('sum(up)'))],
      ['instances known', count(await value('count(up)'))],
      ['scrapes that were up in that time', `${(100 * (await value(`avg(avg_over_time(up${range}))`))).toFixed(3)} %`],
      ['ms a scrape, p50 over the last of each instance', await duration(0.5, ofPrometheus)],
      ['ms a scrape, p99', await duration(0.99, ofPrometheus)],
      ['ms a scrape, the slowest of all', await slowest(ofPrometheus)],
      ['of which Promregator to instance, p50', await duration(0.5, ofPromregator)],
      ['of which Promregator to instance, p99', await duration(0.99, ofPromregator)],
      ['of which Promregator to instance, the slowest', await slowest(ofPromregator)],
      // Both count since they were last read, which was at the beginning of the measured time.
      [
        "longest hold-up of Promregator's event loop, ms",
        milliseconds(1000 * after.metrics.sum('promregator_nodejs_eventloop_lag_max_seconds')),
      ],
      ["longest hold-up of the simulator's event loop, ms", milliseconds(after.view.longestHoldUpMs)],
      ...results,
    ],
  );
}

function printProcesses(before: Look, after: Look): void {
  const elapsedMs = after.atMs - before.atMs;
  const names: readonly (readonly [keyof Players, string])[] = [
    ['program', 'Promregator'],
    ['simulator', 'simulator (router and all applications)'],
    ['prometheus', 'Prometheus'],
  ];
  printTable(
    ['process', 'cores used', 'MB resident', 'peak MB'],
    names.map(([key, name]) => [
      name,
      ratio((after.usages[key].cpuMs - before.usages[key].cpuMs) / elapsedMs),
      megabytes(after.usages[key].residentBytes),
      megabytes(after.usages[key].peakBytes),
    ]),
  );
}

function printConnections({ metrics, view: { secured, resumed } }: Look): void {
  printTable(
    ['connections to applications', ''],
    [
      ['open at the end', count(metrics.sum('promregator_outbound_connections'))],
      ['opened since the start', count(metrics.sum('promregator_outbound_connects_total'))],
      ['TLS handshakes seen by the simulator, API included', count(secured)],
      ['of those resumed', count(resumed)],
    ],
  );
}

await runWhenStarted(import.meta.url, run);
