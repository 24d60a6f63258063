import type { Milliseconds, Seconds } from '../../src/base/duration.js';
import { untilDiscovered } from '../support/discovered.js';
import { count, ratio } from '../support/format.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import type { Program } from '../support/program.js';
import { type Redis, startRedis } from '../support/redis.js';
import { type SimulatorProcess, startSimulatorProcess } from '../support/simulator-process.js';
import { onStage, type Stage } from '../support/stage.js';
import { printTable } from '../support/table.js';
import { passTime } from '../support/wait.js';
import { LARGE_WORLD } from '../support/worlds.js';
import { roleOf, startReplica } from './replica.js';

const COUNTS = [1, 2, 4, 8] as const;
const SETTLED_MS: Milliseconds = 5_000;
const HOUR: Seconds = 3_600;

/** A hundredth of the large world in pages of a hundredth: as many pages, and two cores have room for thirty replicas. */
const SHARE = 100;
const PAGE_SIZE = 1_000 / SHARE;
const WORLD = {
  organizations: Math.ceil(LARGE_WORLD.organizations / SHARE),
  spaces: Math.ceil(LARGE_WORLD.spaces / SHARE),
  applications: LARGE_WORLD.applications / SHARE,
  instances: LARGE_WORLD.instances,
};

/** As `cf.cache.timeout` has them by default. */
const INTERVALS: Readonly<Record<string, Seconds>> = {
  org: HOUR,
  space: HOUR,
  domain: HOUR,
  application: 60,
  route: 60,
  process: 60,
};

/** UAA gives the client `cf` 20 minutes, and we ask for the next token a minute before they are over. */
const TOKEN_RENEWED: Seconds = 1_140;

/** What replicas together may ask for with Redis, compared with one without (issue 6, section 4). */
const AIM = 1.1;

interface Setting {
  readonly replicas: number;
  readonly shares: 'with Redis' | 'without';
}

interface Running {
  readonly setting: Setting;
  readonly simulator: SimulatorProcess;
  readonly programs: readonly Program[];
  readonly atStart: number;
}

/** @param faster divides every interval: an hour is measured in 3,600 / faster seconds */
export async function showRequests(runtime: NodeRuntime, faster: number): Promise<void> {
  await onStage(async (stage) => {
    const redis = stage.add(await startRedis());
    const settings: readonly Setting[] = COUNTS.flatMap((replicas) => [
      { replicas, shares: 'without' },
      { replicas, shares: 'with Redis' },
    ]);
    const running: Running[] = [];
    for (const setting of settings) running.push(await start({ stage, redis, runtime, faster }, setting));
    await passTime(SETTLED_MS);
    for (const { simulator } of running) await simulator.resetRequests();
    await passTime((HOUR / faster) * 1_000);
    const rows: Row[] = [];
    for (const each of running) rows.push(await look(each));
    print(rows, faster);
  });
}

interface Surroundings {
  readonly stage: Stage;
  readonly redis: Redis;
  readonly runtime: NodeRuntime;
  readonly faster: number;
}

/** All replicas at once, as when an application is pushed for the first time. */
async function start({ stage, redis, runtime, faster }: Surroundings, setting: Setting): Promise<Running> {
  const { replicas, shares } = setting;
  // A life below two minutes ends with its half: that is when the next token is asked for.
  const accessSeconds = faster === 1 ? 1_200 : (2 * TOKEN_RENEWED) / faster;
  const simulator = stage.add(await startSimulatorProcess({ ...WORLD, accessSeconds }));
  const timeout = Object.fromEntries(Object.entries(INTERVALS).map(([kind, each]) => [kind, each / faster]));
  const cf = { cache: { timeout }, request: { pageSize: PAGE_SIZE, rateLimit: 0 } };
  const meeting = shares === 'without' ? undefined : { redis, prefix: `of-${replicas}` };
  const programs = await Promise.all(
    Array.from({ length: replicas }, async () => {
      const program = stage.add(await startReplica({ simulator, runtime, cf, meeting }));
      await untilDiscovered(program);
      return program;
    }),
  );
  return { setting, simulator, programs, atStart: sum((await simulator.requests()).byKind) };
}

interface Row {
  readonly setting: Setting;
  readonly atStart: number;
  readonly byKind: Readonly<Record<string, number>>;
  /** Replicas that read by themselves at the end. */
  readonly readers: number;
}

async function look({ setting, simulator, programs, atStart }: Running): Promise<Row> {
  const { byKind } = await simulator.requests();
  const roles = await Promise.all(programs.map(roleOf));
  return { setting, atStart, byKind, readers: roles.filter((role) => role !== 'follower').length };
}

function print(rows: readonly Row[], faster: number): void {
  const alone = sum(rows[0]?.byKind ?? {});
  const shared = rows.filter(({ setting }) => setting.shares === 'with Redis');
  const most = Math.max(...shared.map(({ byKind }) => sum(byKind))) / alone;
  console.log(
    `\nRequests to Cloud Foundry, tokens included, for as many pages as 3,500 applications have. Measured for ${HOUR / faster} s with every interval` +
      ` and the life of tokens divided by ${faster}, so that this is an hour at the defaults. At start: all replicas at once, until each has its targets.`,
  );
  printTable(
    ['replicas', 'at start', 'in an hour', 'of which lists', 'tokens', 'others', 'ratio to one without', 'that read'],
    rows.map(({ setting, atStart, byKind, readers }) => {
      const { token = 0, root = 0, info = 0, uaa = 0 } = byKind;
      const total = sum(byKind);
      const others = root + info + uaa;
      return [
        `${setting.replicas} ${setting.shares}`,
        ...[atStart, total, total - token - others, token, others].map(count),
        ratio(total / alone),
        count(readers),
      ];
    }),
  );
  console.log(
    `\naim: with Redis at most ${ratio(AIM)} times what one replica asks for; the most was ${ratio(most)}: ${most <= AIM ? 'reached' : 'missed'}`,
  );
}

function sum(byKind: Readonly<Record<string, number>>): number {
  return Object.values(byKind).reduce((total, each) => total + each, 0);
}
