import { untilDiscovered } from '../support/discovered.js';
import { count, megabytes, ratio } from '../support/format.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import type { Program } from '../support/program.js';
import { startScheduler } from '../support/scheduler.js';
import { type SimulatorProcess, startSimulatorProcess } from '../support/simulator-process.js';
import { onStage, type Stage } from '../support/stage.js';
import { printTable } from '../support/table.js';
import type { Usage } from '../support/usage.js';
import { passTime } from '../support/wait.js';
import { LARGE_WORLD } from '../support/worlds.js';
import { type Container, describeContainers, openContainer } from './container.js';
import { startReplica } from './replica.js';

const INTERVAL_SECONDS = 15;
const NOTHING = '-';
/** Pages of Node's own program: below a handful a second nobody feels it, and who stands still has 100,000. */
const THRASHING_PER_SECOND = 1_000;
/** As the first line of src/main.ts has it, which is not read where Node is named. */
const OWN_FLAG = '--max-semi-space-size=4';

interface Setting {
  readonly scheme: 'http' | 'https';
  readonly mebibytes: number;
  /** What else is not as the manifests have it. */
  readonly but?: string;
  readonly scraping?: object;
  readonly env?: Readonly<Record<string, string>>;
  /** Of Node's, beside that of the first line of the program. */
  readonly flags?: readonly string[];
}

/** Those of a round run side by side: two over http, one over https, since the machine bears no more. */
const ROUNDS: readonly (readonly Setting[])[] = [
  [
    { scheme: 'http', mebibytes: 256 },
    { scheme: 'http', mebibytes: 256, but: 'without MALLOC_ARENA_MAX', env: { MALLOC_ARENA_MAX: '' } },
  ],
  [
    { scheme: 'http', mebibytes: 192 },
    { scheme: 'http', mebibytes: 192, but: '--optimize-for-size', flags: ['--optimize-for-size'] },
  ],
  [
    { scheme: 'http', mebibytes: 160 },
    { scheme: 'http', mebibytes: 128, but: '--optimize-for-size', flags: ['--optimize-for-size'] },
  ],
  [{ scheme: 'http', mebibytes: 128 }],
  ...[512, 384, 320, 256].map((mebibytes): readonly Setting[] => [{ scheme: 'https', mebibytes }]),
  [{ scheme: 'https', mebibytes: 256, but: 'maxConnections: 100', scraping: { maxConnections: 100 } }],
];

export interface SettingsOptions {
  readonly runtime: NodeRuntime;
  readonly seconds: number;
}

/** Whether a replica with 3,500 instances lives in so much memory, and by how much. */
export async function showSettings({ runtime, seconds }: SettingsOptions): Promise<void> {
  const rows: string[][] = [];
  for (const round of ROUNDS) {
    await onStage(async (stage) => {
      const simulator = stage.add(await startSimulatorProcess({ ...LARGE_WORLD, bodyBytes: 10_000 }));
      const measured = round.map((setting) => measure(setting, { runtime, seconds, simulator }));
      rows.push(...(await Promise.all(measured)));
    });
  }
  console.log(
    `\n${count(LARGE_WORLD.applications)} instances, scraped every ${INTERVAL_SECONDS} s for ${seconds} s, ${describeContainers()}. Limits are MiB, the others millions of bytes. Node ${runtime.version}`,
  );
  printTable(
    [
      'setting',
      'anonymous at the first list',
      'anonymous peak',
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
async function measure(setting: Setting, surroundings: Surroundings): Promise<string[]> {
  const { scheme, mebibytes, but } = setting;
  const name = `${scheme} in ${mebibytes}M${but === undefined ? '' : `, ${but}`}`;
  return await onStage(async (stage) => {
    const container = stage.add(openContainer(mebibytes, surroundings.runtime));
    const { first, last, failed, outcome } = await live(stage, container, setting, surroundings);
    const group = container.usage();
    const cpuMs = last === undefined || first === undefined ? Number.NaN : last.cpuMs - first.cpuMs;
    return [
      name,
      ...[first && anonymousBytes(first), group?.anonymousPeakBytes, group?.chargedPeakBytes].map(show(megabytes)),
      ...[group?.limitHits, group?.readAgain].map(show(count)),
      show(ratio)(cpuMs / (surroundings.seconds * 1_000)),
      show(count)(failed),
      group !== undefined && group.readAgain > THRASHING_PER_SECOND * surroundings.seconds
        ? `${outcome}, thrashes`
        : outcome,
    ];
  });
}

interface Life {
  readonly first?: Usage;
  readonly last?: Usage;
  readonly failed?: number;
  readonly outcome: string;
}

async function live(
  stage: Stage,
  container: Container,
  { scheme, scraping = {}, env = {}, flags = [] }: Setting,
  { runtime, seconds, simulator }: Surroundings,
): Promise<Life> {
  const through = [...container.through, ...(flags.length === 0 ? [] : ['node', OWN_FLAG, ...flags])];
  let program: Program | undefined;
  try {
    const options = { simulator, runtime, scheme, scraping, through, env: { ...container.env, ...env } };
    program = stage.add(await startReplica(options));
    await untilDiscovered(program);
  } catch {
    return { outcome: program?.end() ?? 'no list' };
  }
  const first = program.usage();
  const scheduler = stage.add(startScheduler([program], INTERVAL_SECONDS));
  await passTime(seconds * 1_000);
  const { failed } = await scheduler.report();
  const end = program.end();
  return end === undefined
    ? { first, last: program.usage(), failed, outcome: 'lives' }
    : { first, failed, outcome: end };
}

function show(format: (value: number) => string): (value: number | undefined) => string {
  return (value) => (value === undefined || Number.isNaN(value) ? NOTHING : format(value));
}

function anonymousBytes({ residentBytes, fileBytes }: Usage): number {
  return residentBytes - fileBytes;
}
