import type { Milliseconds } from '../src/base/duration.js';
import { configFor } from './support/config.js';
import { type Discovered, untilDiscovered } from './support/discovered.js';
import { type AnswerTimes, measureDocuments } from './support/documents.js';
import { count, megabytes, milliseconds, preciseMegabytes, ratio, seconds } from './support/format.js';
import { readOwnMetrics } from './support/own-metrics.js';
import { type Program, startProgram } from './support/program.js';
import { runWhenStarted } from './support/run-bench.js';
import { measureSelections, TELLS_SELECTIONS } from './support/selections.js';
import { type CountedRequests, type SimulatorProcess, startSimulatorProcess } from './support/simulator-process.js';
import { onStage } from './support/stage.js';
import { median } from './support/statistics.js';
import { printTable } from './support/table.js';
import type { Usage } from './support/usage.js';
import { passTime } from './support/wait.js';
import { LARGE_WORLD } from './support/worlds.js';

/** Starts that a figure is the median of. */
const STARTS = 5;
const STARTS_PER_PAGE_SIZE = 3;
const PAGE_SIZES = [250, 500, 1000, 2000, 5000] as const;
const STEADY_MS: Milliseconds = 60_000;
const STEADY_REFRESH_SECONDS = 5;
const ANSWERS = 200;
const CHANGES = 15;

const EVERYTHING = [{}];

/** Asked for by nobody's rule; the issue counts lists only. */
const NOT_LISTS = ['root', 'info', 'token', 'uaa'];

/** What it takes to find 3,500 instances, to keep the list and to hand it out. */
export async function run(): Promise<void> {
  await onStage(async (stage) => {
    const simulator = stage.add(await startSimulatorProcess(LARGE_WORLD));
    console.log('\nWorld: 250 organizations, 1,750 spaces, 3,500 applications of 1 instance; MB are 1,000,000 bytes.');
    const cold = await coldStarts(simulator, { targets: EVERYTHING, starts: STARTS });
    const one = await coldStarts(simulator, { targets: [await ruleForOne(simulator)], starts: STARTS });
    printRequests(cold, one);
    printColdStarts([
      ['everything', cold],
      ['one application', one],
    ]);
    await showSteadyState(simulator);
    await showReselection(simulator);
    await showPageSizes(simulator);
  });
}

interface ColdStart {
  readonly requests: CountedRequests;
  readonly discovered: Discovered;
  readonly usage: Usage;
}

interface ColdOptions {
  readonly targets: readonly object[];
  readonly starts: number;
  readonly pageSize?: number;
}

async function coldStarts(simulator: SimulatorProcess, options: ColdOptions): Promise<ColdStart[]> {
  const { targets, starts, pageSize } = options;
  const cf = pageSize === undefined ? {} : { request: { pageSize } };
  const results: ColdStart[] = [];
  for (let start = 0; start < starts; start += 1) {
    await simulator.resetRequests();
    await onStage(async (stage) => {
      const program = stage.add(await startProgram({ config: configFor(simulator, { targets, cf }) }));
      const discovered = await untilDiscovered(program);
      const usage = program.usage();
      results.push({ discovered, usage, requests: await simulator.requests() });
    });
  }
  return results;
}

/** By names, as most rules are written. */
async function ruleForOne(simulator: SimulatorProcess): Promise<object> {
  const app = (await simulator.world()).firstApplications.at(-1);
  if (app === undefined) throw new Error('the world has no application');
  return { orgName: app.organization, spaceName: app.space, applicationName: app.name };
}

function printRequests([everything]: readonly ColdStart[], [one]: readonly ColdStart[]): void {
  if (everything === undefined || one === undefined) return;
  const kinds = Object.keys(everything.requests.byKind).filter((kind) => everything.requests.byKind[kind] !== 0);
  const cells = ({ byKind, bytesByKind }: CountedRequests, kind: string): string[] => [
    count(byKind[kind] ?? 0),
    preciseMegabytes(bytesByKind[kind] ?? 0),
  ];
  const lists = kinds.filter((kind) => !NOT_LISTS.includes(kind));
  const sum = ({ byKind, bytesByKind }: CountedRequests): string[] => [
    count(lists.reduce((total, kind) => total + (byKind[kind] ?? 0), 0)),
    preciseMegabytes(lists.reduce((total, kind) => total + (bytesByKind[kind] ?? 0), 0)),
  ];
  printTable(
    ['requests before the first list', 'everything', 'MB', 'one application', 'MB'],
    [
      ...kinds.map((kind) => [kind, ...cells(everything.requests, kind), ...cells(one.requests, kind)]),
      ['all lists', ...sum(everything.requests), ...sum(one.requests)],
    ],
  );
}

function printColdStarts(rules: readonly (readonly [string, readonly ColdStart[]])[]): void {
  printTable(
    ['rule', 'targets', 's to first 200', 'fastest', 'slowest', 'MB resident then', 'peak MB', 'document MB'],
    rules.map(([name, starts]) => [
      name,
      count(starts[0]?.discovered.paths.length ?? 0),
      ...spread(starts.map(({ discovered }) => discovered.afterMs)),
      megabytes(median(starts.map(({ usage }) => usage.residentBytes))),
      megabytes(Math.max(...starts.map(({ usage }) => usage.peakBytes))),
      preciseMegabytes(starts[0]?.discovered.bytes ?? 0),
    ]),
  );
}

function spread(values: readonly Milliseconds[]): string[] {
  return [median(values), Math.min(...values), Math.max(...values)].map(seconds);
}

/** Lists read again and again with nothing changed, then the document for callers of one and of many names. */
async function showSteadyState(simulator: SimulatorProcess): Promise<void> {
  await onStage(async (stage) => {
    const config = configFor(simulator, {
      targets: EVERYTHING,
      cf: { cache: { timeout: shortRefresh() }, request: { rateLimit: 0 } },
    });
    const program = stage.add(await startProgram({ config }));
    await untilDiscovered(program);
    const first = program.usage();
    const refreshesBefore = await refreshesOf(program);
    await passTime(STEADY_MS);
    const refreshes = (await refreshesOf(program)) - refreshesBefore;
    const last = program.usage();
    const cpuPerRefresh = (last.cpuMs - first.cpuMs) / refreshes;
    printTable(
      ['a minute of refreshes, nothing changed', ''],
      [
        ['refreshes of applications, processes and routes', count(refreshes)],
        ['CPU ms each', milliseconds(cpuPerRefresh)],
        ['CPU share at the default of one in 60 s', `${ratio(cpuPerRefresh / 600)} %`],
        ['MB resident at the first 200', megabytes(first.residentBytes)],
        ['MB resident after that minute', megabytes(last.residentBytes)],
        ['peak MB', megabytes(last.peakBytes)],
      ],
    );
    await showDocumentTimes(program);
  });
}

function shortRefresh(): object {
  return {
    application: STEADY_REFRESH_SECONDS,
    route: STEADY_REFRESH_SECONDS,
    process: STEADY_REFRESH_SECONDS,
  };
}

async function refreshesOf(program: Program): Promise<number> {
  const metrics = await readOwnMetrics(program);
  return (
    metrics
      .series('promregator_inventory_refreshes_total')
      .get('{foundation="default",kind="apps",result="success"}') ?? 0
  );
}

async function showDocumentTimes(program: Program): Promise<void> {
  const { bytes, sameName, otherNames } = await measureDocuments(program, ANSWERS);
  const cells = ({ medianMs, slowestMs, cpuMs }: AnswerTimes): string[] =>
    [medianMs, slowestMs, cpuMs].map(milliseconds);
  printTable(
    [`/discovery, ${preciseMegabytes(bytes)} MB`, 'median ms', 'slowest ms', 'CPU ms'],
    [
      ['asked by the same name', ...cells(sameName)],
      ['asked by another name each time', ...cells(otherNames)],
    ],
  );
}

async function showReselection(simulator: SimulatorProcess): Promise<void> {
  await onStage(async (stage) => {
    const config = configFor(simulator, { targets: EVERYTHING });
    const program = stage.add(await startProgram({ config, args: TELLS_SELECTIONS }));
    await untilDiscovered(program);
    const { firstMs, laterMs } = await measureSelections(program, simulator, CHANGES);
    printTable(
      ['selection of 3,500 targets', 'ms'],
      [
        ['the first, in a fresh process', milliseconds(firstMs)],
        ['after a change, median', milliseconds(median(laterMs))],
        ['after a change, slowest', milliseconds(Math.max(...laterMs))],
      ],
    );
  });
}

/** Few requests against little memory: what the default of `cf.request.pageSize` is chosen by. */
async function showPageSizes(simulator: SimulatorProcess): Promise<void> {
  const rows: string[][] = [];
  for (const pageSize of PAGE_SIZES) {
    const starts = await coldStarts(simulator, { targets: EVERYTHING, starts: STARTS_PER_PAGE_SIZE, pageSize });
    const byKind = Object.entries(starts[0]?.requests.byKind ?? {});
    const lists = byKind.filter(([kind]) => !NOT_LISTS.includes(kind));
    rows.push([
      String(pageSize),
      count(lists.reduce((sum, [, each]) => sum + each, 0)),
      seconds(median(starts.map(({ discovered }) => discovered.afterMs))),
      megabytes(median(starts.map(({ usage }) => usage.residentBytes))),
      megabytes(median(starts.map(({ usage }) => usage.peakBytes))),
    ]);
  }
  printTable(['page size', 'requests', 's to first 200', 'MB resident then', 'peak MB'], rows);
}

await runWhenStarted(import.meta.url, run);
