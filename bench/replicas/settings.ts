import { untilDiscovered } from '../support/discovered.js';
import { count, megabytes, ratio } from '../support/format.js';
import type { GroupUsage } from '../support/memory-group.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import type { Program } from '../support/program.js';
import { startScheduler } from '../support/scheduler.js';
import { type SimulatorProcess, startSimulatorProcess } from '../support/simulator-process.js';
import { onStage } from '../support/stage.js';
import { printTable } from '../support/table.js';
import type { Usage } from '../support/usage.js';
import { passTime } from '../support/wait.js';
import { LARGE_WORLD } from '../support/worlds.js';
import { describeContainers, openContainer } from './container.js';
import { startReplica } from './replica.js';

const INTERVAL_SECONDS = 15;
const NOTHING = '-';

interface Setting {
  readonly scheme: 'http' | 'https';
  readonly mebibytes: number;
  /** What else is not as the manifests have it. */
  readonly but?: string;
  readonly scraping?: object;
  readonly env?: Readonly<Record<string, string>>;
}

const SETTINGS: readonly Setting[] = [
  ...[512, 256, 192, 160, 128].map((mebibytes): Setting => ({ scheme: 'http', mebibytes })),
  { scheme: 'http', mebibytes: 512, but: 'without MALLOC_ARENA_MAX', env: { MALLOC_ARENA_MAX: '' } },
  ...[512, 384, 320, 256].map((mebibytes): Setting => ({ scheme: 'https', mebibytes })),
  { scheme: 'https', mebibytes: 256, but: 'maxConnections: 100', scraping: { maxConnections: 100 } },
];

export interface SettingsOptions {
  readonly runtime: NodeRuntime;
  readonly seconds: number;
}

/** Whether a replica with 3,500 instances lives in so much memory: one after the other, since the machine bears one at a time. */
export async function showSettings({ runtime, seconds }: SettingsOptions): Promise<void> {
  const rows: string[][] = [];
  for (const setting of SETTINGS) {
    await onStage(async (stage) => {
      const simulator = stage.add(await startSimulatorProcess({ ...LARGE_WORLD, bodyBytes: 10_000 }));
      rows.push(await measure(setting, { runtime, seconds, simulator }));
    });
  }
  console.log(
    `\n${count(LARGE_WORLD.applications)} instances, scraped every ${INTERVAL_SECONDS} s for ${seconds} s, ${describeContainers()}. Limits are MiB, the others millions of bytes. Node ${runtime.version}`,
  );
  printTable(
    [
      'setting',
      'anonymous at the first list',
      'at the end',
      'peak',
      'charged peak',
      'limit hit',
      'pages read again',
      'cores used',
      'failed scrapes',
      'outcome',
    ],
    rows,
  );
}

interface Surroundings extends SettingsOptions {
  readonly simulator: SimulatorProcess;
}

/** One row, whatever becomes of the replica. */
async function measure(setting: Setting, { runtime, seconds, simulator }: Surroundings): Promise<string[]> {
  const { scheme, mebibytes, but, scraping = {}, env = {} } = setting;
  const name = `${scheme} in ${mebibytes}M${but === undefined ? '' : `, ${but}`}`;
  return await onStage(async (stage) => {
    const container = stage.add(openContainer(mebibytes, runtime));
    const { through } = container;
    const options = { simulator, runtime, scheme, scraping, through, env: { ...container.env, ...env } };
    const program = stage.add(await startReplica(options));
    const cells = (first: Usage | undefined, rest: readonly string[]): string[] => [
      name,
      first === undefined ? NOTHING : megabytes(anonymousBytes(first)),
      ...memoryCells(container.usage(), program),
      ...rest,
    ];
    try {
      await untilDiscovered(program);
    } catch {
      return cells(undefined, [NOTHING, NOTHING, outcomeOf(program, 'no list')]);
    }
    const first = program.usage();
    const scheduler = stage.add(startScheduler([program], INTERVAL_SECONDS));
    await passTime(seconds * 1_000);
    const { failed } = await scheduler.report();
    if (program.end() !== undefined) return cells(first, [NOTHING, count(failed), outcomeOf(program, '')]);
    const cores = (program.usage().cpuMs - first.cpuMs) / (seconds * 1_000);
    return cells(first, [ratio(cores), count(failed), 'lives']);
  });
}

function outcomeOf(program: Program, otherwise: string): string {
  const end = program.end();
  return end === undefined ? otherwise : `ended: ${end}`;
}

function memoryCells(group: GroupUsage | undefined, program: Program): string[] {
  if (group !== undefined) {
    const { anonymousBytes: now, anonymousPeakBytes, chargedPeakBytes, limitHits, readAgain } = group;
    return [...[now, anonymousPeakBytes, chargedPeakBytes].map(megabytes), count(limitHits), count(readAgain)];
  }
  if (program.end() !== undefined) return [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING];
  return [megabytes(anonymousBytes(program.usage())), NOTHING, NOTHING, NOTHING, NOTHING];
}

function anonymousBytes({ residentBytes, fileBytes }: Usage): number {
  return residentBytes - fileBytes;
}
