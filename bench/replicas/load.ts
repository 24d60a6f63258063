import type { Milliseconds } from '../../src/base/duration.js';
import { untilDiscovered } from '../support/discovered.js';
import { count, megabytes, milliseconds, ratio } from '../support/format.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import type { Program } from '../support/program.js';
import { startRedis } from '../support/redis.js';
import { startScheduler } from '../support/scheduler.js';
import { type SimulatorProcess, startSimulatorProcess } from '../support/simulator-process.js';
import { onStage, type Stage } from '../support/stage.js';
import { printTable } from '../support/table.js';
import type { Usage } from '../support/usage.js';
import { passTime } from '../support/wait.js';
import { LARGE_WORLD } from '../support/worlds.js';
import { describeContainers, openContainer } from './container.js';
import { type Meeting, roleOf, startReplica, untilRole } from './replica.js';

const INTERVAL_SECONDS = 15;
const BODY_BYTES = 10_000;
/** More than the manifest has: what is measured here decides on that. */
const CONTAINER_MEBIBYTES = 512;
/** In the first interval every connection is new, and in the second the lists are read again. */
const WARM_UP_MS: Milliseconds = 35_000;
const SCHEMES = ['http', 'https'] as const;

type Scheme = (typeof SCHEMES)[number];

export interface LoadOptions {
  readonly runtime: NodeRuntime;
  readonly seconds: number;
}

/** 3,500 instances each 15 s: what one replica needs, and what each of two that share them. */
export async function showLoad({ runtime, seconds }: LoadOptions): Promise<void> {
  const rows: string[][] = [];
  for (const scheme of SCHEMES) {
    await onStage(async (stage) => {
      const simulator = stage.add(await startSimulatorProcess({ ...LARGE_WORLD, bodyBytes: BODY_BYTES }));
      const load = { simulator, runtime, seconds, scheme };
      rows.push(...(await measure(load, async (own) => [await startOne(own, load, undefined)])));
      rows.push(...(await measure(load, (own) => startTwo(own, load))));
    });
  }
  console.log(
    `\n${count(LARGE_WORLD.applications)} instances, bodies of ${count(BODY_BYTES)} bytes, every ${INTERVAL_SECONDS} s, each scrape through any replica, measured for ${seconds} s; peaks are those since the start of the process. ${CONTAINER_MEBIBYTES} MiB for each, ${describeContainers()}. Node ${runtime.version}`,
  );
  printTable(
    [
      'replica',
      'scrapes/s',
      'cores used',
      'MB resident',
      'of which file',
      'peak MB',
      'p50 ms',
      'p99 ms',
      'failed scrapes',
    ],
    rows,
  );
}

interface Load extends LoadOptions {
  readonly simulator: SimulatorProcess;
  readonly scheme: Scheme;
}

async function startOne(stage: Stage, load: Load, meeting: Meeting | undefined): Promise<Program> {
  const { through, env } = stage.add(openContainer(CONTAINER_MEBIBYTES, load.runtime));
  const program = stage.add(await startReplica({ ...load, meeting, through, env }));
  await untilDiscovered(program);
  return program;
}

async function startTwo(stage: Stage, load: Load): Promise<readonly Program[]> {
  const meeting = { redis: stage.add(await startRedis()), prefix: load.scheme };
  const leader = await startOne(stage, load, meeting);
  await untilRole(leader, 'leader');
  const follower = await startOne(stage, load, meeting);
  await untilRole(follower, 'follower');
  return [leader, follower];
}

/** A row for each replica; what scrapes saw is one figure for all of them. */
async function measure(load: Load, start: (stage: Stage) => Promise<readonly Program[]>): Promise<string[][]> {
  return await onStage(async (stage) => {
    const programs = await start(stage);
    const scheduler = stage.add(startScheduler(programs, INTERVAL_SECONDS));
    await passTime(WARM_UP_MS);
    await scheduler.report();
    const startedAt = performance.now();
    const before = await Promise.all(programs.map(look));
    await passTime(load.seconds * 1_000);
    const after = await Promise.all(programs.map(look));
    const elapsedMs = performance.now() - startedAt;
    const seen = await scheduler.report();
    return after.map(({ usage, scrapes, role }, index) => [
      `${load.scheme}, ${programs.length === 1 ? 'one replica without Redis' : `of two: ${role}`}`,
      count((1_000 * (scrapes - (before[index]?.scrapes ?? 0))) / elapsedMs),
      ratio((usage.cpuMs - (before[index]?.usage.cpuMs ?? 0)) / elapsedMs),
      megabytes(usage.residentBytes),
      megabytes(usage.fileBytes),
      megabytes(usage.peakBytes),
      ...(index === 0 ? [milliseconds(seen.p50Ms), milliseconds(seen.p99Ms), count(seen.failed)] : []),
    ]);
  });
}

interface Look {
  readonly usage: Usage;
  readonly scrapes: number;
  readonly role: string;
}

async function look(program: Program): Promise<Look> {
  const usage = program.usage();
  const metrics = await readOwnMetrics(program);
  return { usage, scrapes: metrics.sum('promregator_scrapes_total'), role: await roleOf(program) };
}
