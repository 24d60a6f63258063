import type { Milliseconds } from '../../src/base/duration.js';
import { configFor } from '../support/config.js';
import type { NodeRuntime } from '../support/node-runtime.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import { type Program, startProgram } from '../support/program.js';
import type { Redis } from '../support/redis.js';
import type { SimulatorFacts } from '../support/simulator-messages.js';
import { waitFor } from '../support/wait.js';

const ROLES = ['joining', 'leader', 'follower', 'alone'] as const;

/** What a replica says of itself; `none` where it shares with nobody. */
export type Role = (typeof ROLES)[number] | 'none';

const ROLE_WITHIN_MS: Milliseconds = 60_000;

/** Where replicas meet; others on the same server have another prefix. */
export interface Meeting {
  readonly redis: Redis;
  readonly prefix: string;
}

export interface ReplicaOptions {
  readonly simulator: SimulatorFacts;
  readonly runtime: NodeRuntime;
  /** Absent: it knows of no others. */
  readonly meeting?: Meeting | undefined;
  readonly scheme?: 'http' | 'https';
  /** Settings of `promregator.scraping`. */
  readonly scraping?: object;
  /** Settings of `cf`. */
  readonly cf?: object;
  /** `promregator.cache.file`. */
  readonly file?: string;
  /** Words that end by executing the command behind them. */
  readonly through?: readonly string[];
  /** Beside what the runtime needs. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One replica with a rule for everything; whatever is not said here is as the schema has it. */
export async function startReplica(options: ReplicaOptions): Promise<Program> {
  const {
    simulator,
    runtime,
    meeting,
    scheme = 'https',
    scraping = {},
    cf = {},
    file,
    through = [],
    env = {},
  } = options;
  const config = configFor(simulator, { targets: [{ protocol: scheme }], scraping, cf });
  const replication = meeting && { redis: { url: meeting.redis.url, prefix: meeting.prefix } };
  return await startProgram({
    config: {
      ...config,
      promregator: {
        ...config.promregator,
        ...(replication && { replication }),
        ...(file !== undefined && { cache: { file } }),
      },
    },
    through,
    env: { ...runtime.env, ...env },
  });
}

export async function roleOf(program: Program): Promise<Role> {
  const roles = (await readOwnMetrics(program)).series('promregator_replication_role');
  const [mine = ''] = [...roles].find(([, value]) => value === 1) ?? [];
  return ROLES.find((role) => mine.includes(`role="${role}"`)) ?? 'none';
}

export async function untilRole(program: Program, role: Role): Promise<void> {
  await waitFor(async () => ((await roleOf(program)) === role ? true : undefined), {
    withinMs: ROLE_WITHIN_MS,
    everyMs: 20,
    what: () => `a replica is ${role}\n${JSON.stringify(program.log().slice(-5))}`,
  });
}
