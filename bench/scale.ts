import type { Milliseconds } from '../src/base/duration.js';
import { type Caller, createCaller } from './support/caller.js';
import { configFor } from './support/config.js';
import { type Discovered, untilDiscovered } from './support/discovered.js';
import { measureDocuments } from './support/documents.js';
import { count, megabytes, milliseconds, preciseMegabytes, ratio, seconds } from './support/format.js';
import { type Program, startProgram } from './support/program.js';
import { runWhenStarted } from './support/run-bench.js';
import { measureSelections, TELLS_SELECTIONS } from './support/selections.js';
import { type SimulatorProcess, startSimulatorProcess, type WorldSize } from './support/simulator-process.js';
import { onStage, type Stage } from './support/stage.js';
import { median } from './support/statistics.js';
import { printTable } from './support/table.js';
import { passTime } from './support/wait.js';

const SIZES = [1_000, 3_000, 10_000, 30_000] as const;
const INSTANCES_PER_APPLICATION = 2;
/** As in the largest foundation known: 250 organizations, 1,750 spaces, 3,500 applications. */
const APPLICATIONS_PER_SPACE = 2;
const APPLICATIONS_PER_ORGANIZATION = 14;

const SETTLED_MS: Milliseconds = 10_000;
const CHANGES = 9;
const ANSWERS = 50;

/** As many as the smallest world has room for, and fewer than connections that are kept. */
const FAMILIAR_INSTANCES = 300;
const ROUNDS = 9;
const SCRAPES_A_ROUND = 400;
const MICROSECONDS_PER_MS = 1_000;

/** Nothing is read on its own while scrapes are timed. */
const HOUR = { application: 3_600, route: 3_600, process: 3_600 };

/** 1,000 to 30,000 instances: what may grow with them, and what may not. */
export async function run(): Promise<void> {
  await onStage(async (stage) => {
    const subjects: Subject[] = [];
    for (const size of SIZES) subjects.push(await startSubject(stage, size));
    await passTime(SETTLED_MS);
    await showDirectories(subjects);
    await showScrapes(subjects, 'familiar');
    await showScrapes(subjects, 'any');
  });
}

interface Subject {
  readonly size: number;
  readonly simulator: SimulatorProcess;
  readonly program: Program;
  readonly discovered: Discovered;
}

async function startSubject(stage: Stage, size: number): Promise<Subject> {
  const simulator = stage.add(await startSimulatorProcess(worldOf(size)));
  // Without TLS, so that what is timed is the way through us and not the handshakes (see bench/tls.ts).
  const config = configFor(simulator, { targets: [{ protocol: 'http' }], cf: { cache: { timeout: HOUR } } });
  const program = stage.add(await startProgram({ config, args: TELLS_SELECTIONS }));
  const discovered = await untilDiscovered(program);
  return { size, simulator, program, discovered };
}

function worldOf(size: number): WorldSize {
  const applications = size / INSTANCES_PER_APPLICATION;
  return {
    organizations: Math.ceil(applications / APPLICATIONS_PER_ORGANIZATION),
    spaces: Math.ceil(applications / APPLICATIONS_PER_SPACE),
    applications,
    instances: INSTANCES_PER_APPLICATION,
  };
}

async function showDirectories(subjects: readonly Subject[]): Promise<void> {
  const settled = subjects.map(({ program }) => program.usage().residentBytes);
  const rows: string[][] = [];
  for (const [index, { program, simulator, discovered }] of subjects.entries()) {
    const { firstMs, laterMs } = await measureSelections(program, simulator, CHANGES);
    const { peakBytes } = program.usage();
    const { bytes, sameName, otherNames } = await measureDocuments(program, ANSWERS);
    rows.push([
      count(discovered.paths.length),
      seconds(discovered.afterMs),
      megabytes(settled[index] ?? Number.NaN),
      megabytes(peakBytes),
      milliseconds(firstMs),
      milliseconds(median(laterMs)),
      preciseMegabytes(bytes),
      milliseconds(sameName.medianMs),
      milliseconds(otherNames.medianMs),
      megabytes(program.usage().peakBytes),
    ]);
  }
  printTable(
    [
      'instances',
      's to first 200',
      'MB resident',
      'peak MB',
      'first selection ms',
      'selection after a change ms',
      '/discovery MB',
      'ready-made ms',
      'for a new name ms',
      `peak MB after ${ANSWERS} names`,
    ],
    rows,
  );
}

/** `familiar`: always the same 300 instances, whose connections are kept; `any`: all alike, whose connections may not be. */
type Choice = 'familiar' | 'any';

interface Timed {
  readonly wall: number[];
  readonly cpu: number[];
}

/** In turns, so that what else the machine does strikes all sizes alike. */
async function showScrapes(subjects: readonly Subject[], choice: Choice): Promise<void> {
  const caller = createCaller();
  const timed = subjects.map((): Timed => ({ wall: [], cpu: [] }));
  for (const subject of subjects) await scrape(caller, subject, chosenPaths(subject, choice, 0));
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      const cpuBefore = subject.program.usage().cpuMs;
      const wall = await scrape(caller, subject, chosenPaths(subject, choice, round));
      const cpuMs = subject.program.usage().cpuMs - cpuBefore;
      timed[index]?.wall.push(wall);
      timed[index]?.cpu.push((cpuMs * MICROSECONDS_PER_MS) / SCRAPES_A_ROUND);
    }
  }
  await caller.stop();
  const smallest = timed[0] ?? { wall: [], cpu: [] };
  printTable(
    [
      choice === 'familiar' ? 'scrapes of 300 instances out of' : 'scrapes of any instance out of',
      'µs a scrape',
      'ratio',
      'CPU µs a scrape',
      'ratio',
    ],
    subjects.map(({ size }, index) => {
      const { wall, cpu } = timed[index] ?? smallest;
      return [
        count(size),
        count(median(wall)),
        ratio(median(wall) / median(smallest.wall)),
        count(mean(cpu)),
        ratio(mean(cpu) / mean(smallest.cpu)),
      ];
    }),
  );
}

/** Median of one scrape after the other, in microseconds. @throws when one fails */
async function scrape(caller: Caller, { program }: Subject, paths: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (const path of paths) {
    const { status, ms, body } = await caller.ask(program.url + path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${body.toString('utf8')}`);
    times.push(ms * MICROSECONDS_PER_MS);
  }
  return median(times);
}

/** Spread over the whole directory by a step that shares no factor with its size; others each round, unless familiar. */
function chosenPaths({ discovered, size }: Subject, choice: Choice, round: number): string[] {
  const step = 7_919;
  const among = choice === 'familiar' ? FAMILIAR_INSTANCES : size;
  return Array.from({ length: SCRAPES_A_ROUND }, (_, index) => {
    const turn = (round * SCRAPES_A_ROUND + index) % among;
    return discovered.paths[(turn * step) % size] ?? '';
  });
}

/** Time on a processor counts in steps of 10 ms, which is too coarse for a median. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

await runWhenStarted(import.meta.url, run);
