import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { createCertificates } from '../simulator/certificates.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, type PromregatorProcess } from './support/promregator-process.js';
import { reloadWith, startReady } from './support/ready-program.js';
import { type RedisServer, startRedis } from './support/redis-server.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

const APPLICATIONS = 8;
const INSTANCES = 2;
const REDIS_PASSWORD = 'hidden-redis-4711';

type Finished = Pick<TestContext, 'onTestFinished'>;

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({
    organizations: 1,
    spaces: 1,
    applications: APPLICATIONS,
    instances: INSTANCES,
    password: 'hidden-cf-4711',
  });
});

afterAll(() => simulator?.stop());

async function redisFor(context: Finished, options: Parameters<typeof startRedis>[0] = {}): Promise<RedisServer> {
  const redis = await startRedis(options);
  context.onTestFinished(() => redis.stop('SIGKILL'));
  return redis;
}

/** Leases of three seconds, so that tests need not wait for long ones. */
function configOf(redis: object, promregator: object = {}): object {
  return configFor(simulator, { replication: { lease: 3, redis }, ...promregator });
}

async function replica(context: Finished, config: object, how = startReady): Promise<PromregatorProcess> {
  const program = await how({ config, args: ['--web.enable-lifecycle'] });
  context.onTestFinished(async () => void (await program.stop('SIGKILL')));
  return program;
}

async function replicas(context: Finished, config: object, count: number): Promise<readonly PromregatorProcess[]> {
  const first = await replica(context, config);
  await roles([first], ['leader']);
  await haveTargets([first], total());
  const others = await Promise.all(Array.from({ length: count - 1 }, () => replica(context, config)));
  const all = [first, ...others];
  await roles(all, ['leader', ...others.map(() => 'follower')]);
  return all;
}

async function metric(program: PromregatorProcess, series: RegExp): Promise<readonly string[]> {
  const text = await (await fetch(`${program.url}/promregatorMetrics`)).text();
  return text.split('\n').filter((line) => series.test(line));
}

async function roleOf(program: PromregatorProcess): Promise<string> {
  const [line = ''] = await metric(program, /^promregator_replication_role\{.*\} 1$/);
  return /role="(\w+)"/.exec(line)?.[1] ?? 'none';
}

async function roles(programs: readonly PromregatorProcess[], wanted: readonly string[]): Promise<void> {
  const now = (): Promise<readonly string[]> => Promise.all(programs.map(roleOf));
  await waitUntil(async () => String(await now()) === String(wanted), {
    within: 30_000,
    describe: async () => [await now(), ...programs.map((program) => program.output().slice(-3_000))],
    every: 50,
  });
}

async function rolesInAnyOrder(programs: readonly PromregatorProcess[], wanted: readonly string[]): Promise<void> {
  const now = async (): Promise<readonly string[]> => (await Promise.all(programs.map(roleOf))).toSorted();
  await waitUntil(async () => String(await now()) === String(wanted.toSorted()), {
    within: 40_000,
    describe: async () => [await now(), ...programs.map((program) => program.output().slice(-3_000))],
    every: 50,
  });
}

async function requests(program: PromregatorProcess): Promise<number> {
  const lines = await metric(program, /^promregator_(?:cf|token)_requests_total\{/);
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function targets(program: PromregatorProcess): Promise<number> {
  return count(program, '/singleTargetMetrics/');
}

/** Targets whose path has this part. */
async function count(program: PromregatorProcess, part: string): Promise<number> {
  const answer = await fetch(`${program.url}/discovery`);
  const text = await answer.text();
  if (answer.status !== 200) return 0;
  const groups: readonly { readonly labels: { readonly __metrics_path__: string } }[] = JSON.parse(text);
  return groups.filter(({ labels }) => labels.__metrics_path__.includes(part)).length;
}

async function haveTargets(programs: readonly PromregatorProcess[], count: number): Promise<void> {
  await waitUntil(async () => (await Promise.all(programs.map(targets))).every((each) => each === count), {
    within: 20_000,
    describe: async () => [count, await Promise.all(programs.map(targets)), ...programs.map((each) => each.output())],
    every: 50,
  });
}

function total(): number {
  return simulator.world.processes().reduce((sum, { instances }) => sum + instances.length, 0);
}

/** Scales an application; gives how many targets there are then. */
function scale(index: number, instances: number): number {
  const app = simulator.world.applications()[index];
  if (app === undefined) throw new Error('there is no such application');
  simulator.world.scale(app.name, instances);
  return total();
}

/** Looks at the lists all the time until `end`, which gives the fewest targets that were seen. */
function watchTargets(
  programs: readonly PromregatorProcess[],
  part = '/singleTargetMetrics/',
): { end(): Promise<number> } {
  let fewest = Number.POSITIVE_INFINITY;
  let goes = true;
  const look = async (): Promise<void> => {
    for (const program of programs) fewest = Math.min(fewest, await count(program, part));
  };
  const watching = (async () => {
    while (goes) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  // Told by `end`, unless the test has failed before.
  watching.catch(() => undefined);
  return {
    async end() {
      goes = false;
      await watching;
      await look();
      return fewest;
    },
  };
}

describe('three replicas', { timeout: 120_000 }, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop('SIGKILL'));

  test('cost Cloud Foundry what one costs, know what it knows, and take over when one dies or stops', async (context) => {
    const config = configOf({ url: redis.url });
    const [one, two, three] = await threeReplicas(context, config);
    // On a busy machine one that starts may have had no answer from Redis in two seconds, and have read by itself.
    const asFollowers = [await requests(two), await requests(three)];
    const changed = scale(0, 3);
    await haveTargets([one, two, three], changed);
    expect([await requests(two), await requests(three)]).toEqual(asFollowers);

    const asked = await requests(one);
    const answer = await fetch(`${two.url}/cache/invalidate?application=1&process=1`);
    expect(answer.status).toBe(204);
    expect(await requests(one)).toBeGreaterThan(asked);
    expect(await requests(two)).toBe(asFollowers[0]);

    const watch = watchTargets([two, three]);
    await one.stop('SIGKILL');
    await rolesInAnyOrder([two, three], ['leader', 'follower']);
    const leader = (await roleOf(two)) === 'leader' ? two : three;
    const follower = leader === two ? three : two;
    const next = scale(0, 2);
    await haveTargets([two, three], next);
    expect(await requests(follower)).toBe(asFollowers[follower === two ? 0 : 1]);
    expect(await watch.end()).toBe(next);

    const stopped = leader.stop();
    await roles([follower], ['leader']);
    expect(await stopped).toBe(0);
    const text = (await redis.command('--no-raw', 'KEYS', '*')) + (await dump(redis));
    expect(text).toContain(`promregator:1:{${simulator.apiHost}:user:${simulator.username}:`);
    expect(text).not.toContain('hidden');
    for (const each of [one, two, three]) expect(each.output()).not.toContain('hidden');
  });

  test('of which the leader is stopped have the next one at once, not when its lease runs out', async (context) => {
    const config = configFor(simulator, { replication: { lease: 600, redis: { url: redis.url, prefix: 'stopped' } } });
    const [one, two] = await replicas(context, config, 2);
    const stopped = required(one).stop();
    await roles([required(two)], ['leader']);
    expect(await stopped).toBe(0);
  });

  test('of which the leader stands still for longer than its lease go on, and it follows when it wakes up', async (context) => {
    const [one, two] = await replicas(context, configOf({ url: redis.url, prefix: 'frozen' }), 2);
    required(one).child.kill('SIGSTOP');
    await roles([required(two)], ['leader']);
    const changed = scale(0, 4);
    await haveTargets([required(two)], changed);
    const fence = await fenceOf(redis, 'frozen');
    const watch = watchTargets([required(two)]);
    required(one).child.kill('SIGCONT');
    await roles([required(one), required(two)], ['follower', 'leader']);
    await haveTargets([required(one), required(two)], changed);
    expect(await watch.end()).toBe(changed);
    // Nothing was written by the old leader, and the new one has kept its lease.
    expect(await fenceOf(redis, 'frozen')).toBe(fence);
  });

  test('of which the leader is sent to another store, or to none, leave no lease behind', async (context) => {
    const at = (prefix: string): object =>
      configFor(simulator, { replication: { lease: 600, redis: { url: redis.url, prefix } } });
    const [one, two] = await replicas(context, at('moved'), 2);
    await reloadWith(required(one), at('elsewhere'));
    await roles([required(one), required(two)], ['leader', 'leader']);
    await reloadWith(required(two), configFor(simulator));
    await waitUntil(async () => (await redis.command('KEYS', 'moved:*:lease')) === '', {
      within: 10_000,
      describe: () => redis.command('KEYS', '*'),
    });
  });

  test('of which one is new give its list while Cloud Foundry is away, and ask it nothing', async (context) => {
    const config = configOf({ url: redis.url, prefix: 'away' });
    await replicas(context, config, 2);
    Object.assign(simulator.platform, { api: 'unregistered' });
    onTestFinished(() => void Object.assign(simulator.platform, { api: 'up' }));
    const three = await replica(context, config);
    expect(await targets(three)).toBe(total());
    expect(await requests(three)).toBe(0);
  });

  test('of other rules, users and prefixes do not share', async (context) => {
    const config = configOf({ url: redis.url, prefix: 'others' });
    const [one] = await replicas(context, config, 1);
    const rule = { orgRegex: '.*', spaceRegex: 'none-of-these', applicationRegex: '.*' };
    const others = await Promise.all(
      [
        configOf({ url: redis.url, prefix: 'others' }, { targets: [rule] }),
        configOf({ url: redis.url, prefix: 'others2' }),
        configOf({ url: redis.url, prefix: 'others', database: 1 }),
      ].map((each) => replica(context, each)),
    );
    await roles([required(one), ...others], ['leader', 'leader', 'leader', 'leader']);
    // Changed rules leave the others to themselves, and the same rules join them again.
    const [narrow] = others;
    await reloadWith(required(narrow), config);
    await roles([required(one), required(narrow)], ['leader', 'follower']);
    await haveTargets([required(narrow)], total());
    await reloadWith(required(narrow), configFor(simulator));
    expect(await roleOf(required(narrow))).toBe('none');
    const before = await requests(required(narrow));
    await waitUntil(async () => (await requests(required(narrow))) > before, {
      within: 10_000,
      describe: () => narrow?.output(),
    });
  });
});

/** Under which what is shared was written last. */
async function fenceOf(redis: RedisServer, prefix: string): Promise<number> {
  const { version } = JSON.parse(await redis.command('GET', await redis.command('KEYS', `${prefix}:*:head`)));
  return version.fence;
}

async function threeReplicas(
  context: Finished,
  config: object,
): Promise<readonly [PromregatorProcess, PromregatorProcess, PromregatorProcess]> {
  const [one, two, three] = await replicas(context, config, 3);
  return [required(one), required(two), required(three)];
}

async function dump(redis: RedisServer): Promise<string> {
  const keys = (await redis.command('KEYS', '*')).split('\n');
  const values = await Promise.all(
    keys.filter((key) => !/:(?:wishes|value)$/.test(key)).map((key) => redis.command('GET', key)),
  );
  return values.join('\n');
}

interface Breakage {
  readonly break: (redis: RedisServer) => Promise<unknown>;
  readonly mend: (redis: RedisServer, context: Finished, folder: string) => Promise<unknown>;
  /** What the log says of it. */
  readonly reason: RegExp;
}

const BREAKAGES: Readonly<Record<string, Breakage>> = {
  'killed, and comes back empty': {
    break: (redis) => redis.stop('SIGKILL'),
    mend: (redis, context) => redisFor(context, { port: redis.port, password: REDIS_PASSWORD }),
    reason: /connect|closed|socket|ECONN/i,
  },
  'killed, and comes back with a copy of before': {
    break: async (redis) => {
      await redis.command('SAVE');
      await redis.stop('SIGKILL');
    },
    mend: (redis, context, folder) =>
      redisFor(context, { port: redis.port, password: REDIS_PASSWORD, args: ['--dir', folder] }),
    reason: /connect|closed|socket|ECONN/i,
  },
  'stopped by SIGSTOP': {
    break: async (redis) => redis.signal('SIGSTOP'),
    mend: async (redis) => redis.signal('SIGCONT'),
    reason: /longer than|does not answer/,
  },
  'paused by CLIENT PAUSE': {
    // It holds up the command that would end it, too.
    break: (redis) => redis.command('CLIENT', 'PAUSE', '20000'),
    mend: async () => undefined,
    reason: /longer than|does not answer/,
  },
  full: {
    break: (redis) => redis.command('CONFIG', 'SET', 'maxmemory', '1'),
    mend: (redis) => redis.command('CONFIG', 'SET', 'maxmemory', '0'),
    reason: /OOM/,
  },
  'a copy that takes nothing': {
    break: async (redis) => await redis.command('REPLICAOF', '127.0.0.1', '1'),
    mend: (redis) => redis.command('REPLICAOF', 'NO', 'ONE'),
    reason: /READONLY|no replica shares|connecting/,
  },
  'one that wants another password': {
    break: async (redis) => {
      await redis.command('CONFIG', 'SET', 'requirepass', 'another');
      await redis.command('-a', 'another', 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    },
    mend: (redis) => redis.command('-a', 'another', 'CONFIG', 'SET', 'requirepass', REDIS_PASSWORD),
    reason: /WRONGPASS|closed/,
  },
};

describe.concurrent('a Redis that is', () => {
  for (const [index, [name, breakage]] of Object.entries(BREAKAGES).entries()) {
    test(`${name} leaves each replica by itself with all targets, and is used again`, { timeout: 120_000 }, (context) =>
      survive(context, breakage, index + 1),
    );
  }
});

/** Each at an application of its own, since they all share one foundation. */
async function survive(context: TestContext, breakage: Breakage, application: number): Promise<void> {
  const { expect } = context;
  const folder = temporaryFolder();
  context.onTestFinished(folder.remove);
  const redis = await redisFor(context, { password: REDIS_PASSWORD, args: ['--dir', folder.path] });
  const path = await guidOf(application);
  const pair = await replicas(context, configOf({ url: redis.url, password: REDIS_PASSWORD }), 2);
  const knows = async (instances: number): Promise<void> => {
    scale(application, instances);
    await waitUntil(
      async () => (await Promise.all(pair.map((each) => count(each, path)))).every((n) => n === instances),
      {
        within: 20_000,
        describe: () => pair.map((each) => each.output().slice(-3_000)),
        every: 50,
      },
    );
  };
  const watch = watchTargets(pair, path);
  await breakage.break(redis);
  await roles(pair, ['alone', 'alone']);
  await knows(INSTANCES + 1);
  await breakage.mend(redis, context, folder.path);
  await rolesInAnyOrder(pair, ['leader', 'follower']);
  await knows(INSTANCES + 2);
  expect(await watch.end()).toBe(INSTANCES);
  const follower = required((await Promise.all(pair.map(roleOf))).indexOf('follower') === 0 ? pair[0] : pair[1]);
  const before = await requests(follower);
  await knows(INSTANCES);
  expect(await requests(follower)).toBe(before);
  for (const each of pair) {
    const told = each.log().filter(({ message }) => message.includes('by itself, since it cannot share'));
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(3);
    expect(told.map(({ reason }) => String(reason)).join('\n')).toMatch(breakage.reason);
    expect(each.output()).not.toContain('hidden');
  }
}

async function guidOf(application: number): Promise<string> {
  return required(simulator.world.applications()[application]).guid;
}

test('speaks TLS, and tells a certificate of others', { timeout: 60_000 }, async (context) => {
  const folder = temporaryFolder();
  context.onTestFinished(folder.remove);
  const certificates = await createCertificates(['redis.example.org']);
  context.onTestFinished(certificates.remove);
  const tls = {
    ca_file: join(folder.path, 'ca.pem'),
    cert_file: join(folder.path, 'redis.crt'),
    key_file: join(folder.path, 'redis.key'),
  };
  copyFileSync(certificates.caFile, tls.ca_file);
  writeFileSync(tls.cert_file, certificates.server.cert);
  writeFileSync(tls.key_file, certificates.server.key);
  const redis = await redisFor(context, { tls });
  const named = { ca_file: tls.ca_file, server_name: 'redis.example.org' };
  await replicas(context, configOf({ url: redis.url, tls_config: named }), 2);
  const strange = await replica(context, configOf({ url: redis.url }));
  await roles([strange], ['alone']);
  expect(await targets(strange)).toBe(total());
  expect(strange.output()).toMatch(/certificate/i);
});

test('goes where Sentinel says, also when that changes', { timeout: 60_000 }, async (context) => {
  const [one, two] = [await redisFor(context), await redisFor(context)];
  await two.command('REPLICAOF', '127.0.0.1', String(one.port));
  const sentinel = await redisFor(context, { sentinel: true });
  await sentinel.command('SENTINEL', 'MONITOR', 'shared', '127.0.0.1', String(one.port), '1');
  await sentinel.command('SENTINEL', 'SET', 'shared', 'down-after-milliseconds', '500', 'failover-timeout', '3000');
  await waitUntil(async () => (await sentinel.command('SENTINEL', 'REPLICAS', 'shared')).includes(String(two.port)), {
    within: 20_000,
    describe: () => sentinel.command('SENTINEL', 'MASTERS'),
  });
  const nodes = ['127.0.0.1:1', `127.0.0.1:${sentinel.port}`];
  const pair = await replicas(context, configOf({ sentinel: { master: 'shared', nodes } }), 2);
  await one.stop('SIGKILL');
  const isInUse = async (): Promise<boolean> =>
    (await two.command('KEYS', '*:lease')) !== '' && (await two.command('ROLE')).startsWith('master');
  // Whoever asks while it becomes master loses the connection.
  await waitUntil(() => isInUse().catch(() => false), {
    within: 30_000,
    describe: () => pair.map((each) => each.output().slice(-2_000)),
  });
  await rolesInAnyOrder(pair, ['leader', 'follower']);
});

test('without Redis nothing of it is loaded, and nothing is said', async (context) => {
  const program = await replica(context, configFor(simulator));
  expect(await metric(program, /^promregator_replication_/)).toEqual([]);
  expect(program.output()).not.toContain('replica');
});

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('there is none');
  return value;
}
