import { untilDiscovered } from '../support/discovered.js';
import { count, megabytes, ratio } from '../support/format.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import type { Program } from '../support/program.js';
import { type Scheduler, startScheduler } from '../support/scheduler.js';
import { startSimulatorProcess } from '../support/simulator-process.js';
import { onStage } from '../support/stage.js';
import { printTable } from '../support/table.js';
import type { Usage } from '../support/usage.js';
import { passTime } from '../support/wait.js';
import { LARGE_WORLD } from '../support/worlds.js';
import { type Environment, FEW_ARENAS, inContainer, MANIFEST } from './memory-settings.js';
import { startReplica } from './replica.js';

const INTERVAL_SECONDS = 15;

interface Setting {
  readonly name: string;
  readonly env: Environment;
  readonly scraping?: object;
}

const SETTINGS: readonly Setting[] = [
  { name: 'on this machine, nothing set', env: {} },
  { name: 'in 512 MB', env: inContainer(512) },
  { name: 'in 512 MB, MALLOC_ARENA_MAX=2', env: { ...inContainer(512), ...FEW_ARENAS } },
  { name: 'in 384 MB, MALLOC_ARENA_MAX=2: the manifest', env: MANIFEST },
  { name: 'the manifest, maxConnections: 100', env: MANIFEST, scraping: { maxConnections: 100 } },
];

export interface SettingsOptions {
  readonly runtime: NodeRuntime;
  readonly seconds: number;
}

/** What 3,500 instances over http take in memory, by what may be set: side by side, so that all have the same machine. */
export async function showSettings({ runtime, seconds }: SettingsOptions): Promise<void> {
  await onStage(async (stage) => {
    const simulator = stage.add(await startSimulatorProcess({ ...LARGE_WORLD, bodyBytes: 10_000 }));
    const running: Running[] = [];
    for (const setting of SETTINGS) {
      const program = stage.add(await startReplica({ simulator, runtime, scheme: 'http', ...setting }));
      await untilDiscovered(program);
      running.push({ setting, program, first: program.usage() });
    }
    const schedulers = running.map(({ program }) => stage.add(startScheduler([program], INTERVAL_SECONDS)));
    await passTime(seconds * 1_000);
    console.log(
      `\n${count(LARGE_WORLD.applications)} instances over http, scraped every ${INTERVAL_SECONDS} s for ${seconds} s, all settings at the same time. Node ${runtime.version}`,
    );
    const rows = running.map((each, index) => rowOf(each, schedulers[index], seconds));
    printTable(
      ['setting', 'MB at the first list', 'MB resident', 'of which file', 'peak MB', 'cores used', 'failed scrapes'],
      await Promise.all(rows),
    );
  });
}

interface Running {
  readonly setting: Setting;
  readonly program: Program;
  readonly first: Usage;
}

async function rowOf(
  { setting, program, first }: Running,
  scheduler: Scheduler | undefined,
  seconds: number,
): Promise<string[]> {
  const { residentBytes, fileBytes, peakBytes, cpuMs } = program.usage();
  const seen = await scheduler?.report();
  return [
    setting.name,
    ...[first.residentBytes, residentBytes, fileBytes, peakBytes].map(megabytes),
    ratio((cpuMs - first.cpuMs) / (seconds * 1_000)),
    count(seen?.failed ?? Number.NaN),
  ];
}
