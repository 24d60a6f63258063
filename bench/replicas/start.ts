import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Milliseconds } from '../../src/base/duration.js';
import { type Discovered, untilDiscovered } from '../support/discovered.js';
import { count, megabytes, preciseMegabytes, seconds } from '../support/format.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import { type Redis, startRedis } from '../support/redis.js';
import { type SimulatorProcess, startSimulatorProcess } from '../support/simulator-process.js';
import { onStage } from '../support/stage.js';
import { median } from '../support/statistics.js';
import { printTable } from '../support/table.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import type { Usage } from '../support/usage.js';
import { passTime, waitFor } from '../support/wait.js';
import { LARGE_WORLD } from '../support/worlds.js';
import { type ReplicaOptions, startReplica, untilRole } from './replica.js';

const STARTS = 7;
/** What a leader asks for around its first lists is over by then. */
const SETTLED_MS: Milliseconds = 3_000;

/** From the start of the process to the first list, by where the list comes from; and what lies in Redis. */
export async function showStarts(runtime: NodeRuntime): Promise<void> {
  await onStage(async (stage) => {
    const simulator = stage.add(await startSimulatorProcess(LARGE_WORLD));
    const redis = stage.add(await startRedis());
    const emptyBytes = await redis.figure('used_memory');
    const folder = temporaryFolder();
    stage.add({ stop: async () => folder.remove(), kill: () => folder.remove() });
    const file = join(folder.path, 'inventory');
    const plain = { simulator, runtime };
    await leaveFile({ ...plain, file });
    const sharing = { ...plain, meeting: { redis, prefix: 'promregator' } };
    const bare = await starts(simulator, plain);
    const filed = await starts(simulator, { ...plain, file });
    const leader = stage.add(await startReplica(sharing));
    await untilRole(leader, 'leader');
    await untilDiscovered(leader);
    await passTime(SETTLED_MS);
    const shared = await starts(simulator, sharing);
    printStarts([
      ['Cloud Foundry', bare],
      ['promregator.cache.file', filed],
      ['Redis, as a follower', shared],
    ]);
    await printSizes({ redis, emptyBytes, file, valueBytes: await valueBytesOf(leader) });
  });
}

/** As a replica leaves it that has run before. */
async function leaveFile(options: ReplicaOptions & { readonly file: string }): Promise<void> {
  await onStage(async (stage) => {
    const program = stage.add(await startReplica(options));
    await untilDiscovered(program);
    await waitFor(() => statSync(options.file, { throwIfNoEntry: false }), {
      withinMs: 60_000,
      everyMs: 100,
      what: () => `${options.file} is written`,
    });
  });
}

interface Started {
  readonly discovered: Discovered;
  readonly usage: Usage;
  /** To Cloud Foundry until then. */
  readonly requests: number;
}

async function starts(simulator: SimulatorProcess, options: ReplicaOptions): Promise<readonly Started[]> {
  const all: Started[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    await simulator.resetRequests();
    await onStage(async (stage) => {
      const program = stage.add(await startReplica(options));
      const discovered = await untilDiscovered(program);
      const { byKind } = await simulator.requests();
      const requests = Object.values(byKind).reduce((sum, each) => sum + each, 0);
      all.push({ discovered, usage: program.usage(), requests });
    });
  }
  return all;
}

function printStarts(sources: readonly (readonly [name: string, starts: readonly Started[]])[]): void {
  printTable(
    ['first list from', 'targets', 's from start, median', 'fastest', 'slowest', 'requests until then', 'peak MB then'],
    sources.map(([name, all]) => {
      const times = all.map(({ discovered }) => discovered.afterMs);
      return [
        name,
        count(Math.min(...all.map(({ discovered }) => discovered.paths.length))),
        ...[median(times), Math.min(...times), Math.max(...times)].map(seconds),
        count(Math.max(...all.map(({ requests }) => requests))),
        megabytes(Math.max(...all.map(({ usage }) => usage.peakBytes))),
      ];
    }),
  );
}

async function valueBytesOf(leader: Parameters<typeof readOwnMetrics>[0]): Promise<number> {
  return (await readOwnMetrics(leader)).sum('promregator_replication_value_bytes');
}

interface Sizes {
  readonly redis: Redis;
  readonly emptyBytes: number;
  readonly file: string;
  readonly valueBytes: number;
}

async function printSizes({ redis, emptyBytes, file, valueBytes }: Sizes): Promise<void> {
  const used = (await redis.figure('used_memory')) - emptyBytes;
  const peak = (await redis.figure('used_memory_peak')) - emptyBytes;
  const keys = (await redis.command('--scan')).split('\n').length;
  printTable(
    ['3,500 instances', 'MB'],
    [
      ['the shared value', preciseMegabytes(valueBytes)],
      [`what Redis holds more than when empty, ${keys} keys and the connections`, preciseMegabytes(used)],
      ['the most it held', preciseMegabytes(peak)],
      ['promregator.cache.file', preciseMegabytes(statSync(file).size)],
    ],
  );
}
