import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { type RedisServer, startRedis } from '../../test/support/redis-server.js';
import { startSlowWay } from '../../test/support/slow-way.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { systemClock } from '../base/clock.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import { perKind } from '../foundation/resources.js';
import { createRedisLines, type RedisLines } from './redis-lines.js';
import { createRedisStore } from './redis-store.js';
import type { ReplicaStore } from './replica-store.js';
import { createReplication } from './replication.js';
import type { ReplicaRole } from './role-keeper.js';
import type { SharedHead } from './shared-head.js';
import { hashOf } from './shared-value.js';
import { storeKeys } from './store-keys.js';

const LEASE_MS = 2_000;
const MEGABYTE = 1024 * 1024;

let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis({ args: ['--proto-max-bulk-len', '2mb'] });
});

afterAll(() => redis?.stop());

beforeEach(async () => void (await redis.command('FLUSHALL')));

function linesTo(port: number, valueLimitMs = LEASE_MS): RedisLines {
  const place = { kind: 'server', host: '127.0.0.1', port } as const;
  const access = { username: undefined, password: undefined, tls: undefined };
  const settings = { place, ...access, database: 0, prefix: 'test', limitMs: LEASE_MS };
  const lines = createRedisLines({ settings, valueLimitMs, clock: systemClock, random: () => 0 });
  lines.start();
  onTestFinished(() => lines.stop());
  return lines;
}

function storeOf(foundation: string, lines: RedisLines): ReplicaStore {
  const keys = storeKeys({
    prefix: 'test',
    apiOrigin: `https://api.${foundation}.example.org`,
    reader: { grant: 'password', name: 'ann' },
    scope: 'everything',
  });
  return createRedisStore({ lines, keys, leaseMs: LEASE_MS, keepSeconds: 60 });
}

async function slowLines(bytesPerSecond: number, valueLimitMs?: number): Promise<RedisLines> {
  const way = await startSlowWay(redis.port, bytesPerSecond);
  onTestFinished(way.stop);
  return linesTo(way.port, valueLimitMs);
}

async function acquired(store: ReplicaStore): Promise<{ holder: string; fence: number }> {
  const got = await store.acquire('one', 0);
  if (got === undefined) throw new Error('somebody else has the lease');
  return { holder: 'one', fence: got.fence };
}

function headOf(fence: number, value: Buffer): SharedHead {
  const facts = { hash: hashOf(value), bytes: value.length, readAtMs: perKind(() => 0) };
  return { version: { fence, count: 1 }, value: facts, answered: {} };
}

test('leases are renewed while a huge value is on its slow way', async () => {
  const lines = await slowLines(MEGABYTE, 30_000);
  const [huge, small] = [storeOf('huge', lines), storeOf('small', lines)];
  const [one, two] = [await acquired(huge), await acquired(small)];
  const value = randomBytes(2 * MEGABYTE - 1_000);
  let isThere = false;
  const put = huge.put(one, { head: headOf(one.fence, value), value }).finally(() => {
    isThere = true;
  });
  for (let times = 0; times < 5; times += 1) {
    expect(await huge.renew(one)).toMatchObject({ valueBytes: 0 });
    expect(await small.renew(two)).toBeDefined();
    expect(isThere).toBe(false);
  }
  // Each renewal waits for its own answer only, so they are over long before the lease is.
  while (!isThere) {
    expect(await huge.renew(one)).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await put).toBe(true);
  expect(await huge.renew(one)).toMatchObject({ valueBytes: value.length });
});

test('values go one after the other, each with the whole of its limit', async () => {
  const lines = await slowLines(MEGABYTE, 1_500);
  const value = randomBytes(MEGABYTE / 2);
  const puts = Array.from({ length: 5 }, async (_, index) => {
    const store = storeOf(`foundation-${index}`, lines);
    const lease = await acquired(store);
    const renewing = setInterval(() => void store.renew(lease).catch(() => undefined), LEASE_MS / 4);
    onTestFinished(() => clearInterval(renewing));
    return await store.put(lease, { head: headOf(lease.fence, value), value });
  });
  expect(await Promise.all(puts)).toEqual(puts.map(() => true));
});

test('a value that the server does not take leaves leases alone', async () => {
  const lines = linesTo(redis.port);
  const store = storeOf('huge', lines);
  const lease = await acquired(store);
  const value = randomBytes(3 * MEGABYTE);
  let contacts = 0;
  store.onNews(() => {
    contacts += 1;
  });
  await waitUntil(() => contacts === 1, { within: 5_000, describe: () => contacts });
  await expect(store.put(lease, { head: headOf(lease.fence, value), value })).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:away|answer)$/),
  });
  expect(await store.renew(lease)).toMatchObject({ head: undefined });
  expect(contacts).toBe(1);
});

test('the leader of many foundations keeps all of them while their values wait for each other', async () => {
  const lines = await slowLines(MEGABYTE);
  const roles: ReplicaRole[][] = [];
  const all = Array.from({ length: 6 }, (_, index) => {
    const mine: ReplicaRole[] = [];
    roles.push(mine);
    const replication = createReplication({
      store: storeOf(`foundation-${index}`, lines),
      replicaId: 'one',
      leaseMs: LEASE_MS,
      clock: systemClock,
      random: Math.random,
      log: recordedLog().log,
      observe: { failed: () => undefined },
      known: () => NOTHING,
      judge: (dated) => dated,
      onTaken: () => undefined,
      onRole: (role) => void mine.push(role),
      refresh: () => Promise.resolve(),
      onSuspicion: () => undefined,
      isBlind: () => false,
      codec: { pack: async () => randomBytes(0.6 * MEGABYTE), unpack: async () => NOTHING },
    });
    replication.start();
    onTestFinished(() => replication.stop());
    return replication;
  });
  const leases = async (): Promise<readonly string[]> => {
    const keys = (await redis.command('KEYS', '*:lease')).split('\n').filter(Boolean).toSorted();
    return keys.length === 0 ? [] : (await redis.command('MGET', ...keys)).split('\n');
  };
  await waitUntil(async () => (await leases()).length === 6, { within: 10_000, describe: () => roles, every: 20 });
  const before = await leases();
  await waitUntil(() => all.every(({ role }) => role === 'leader'), { within: 30_000, describe: () => roles });
  expect(await leases()).toEqual(before);
});

const none = new Map<string, never>();
const NOTHING: DatedInventory = {
  apiOrigin: 'https://api.example.org',
  reader: { grant: 'password', name: 'ann' },
  readAtMs: perKind(() => 0),
  inventory: {
    foundation: 'default',
    plan: { spaces: 'all' },
    organizations: none,
    spaces: none,
    apps: none,
    processes: none,
    routes: none,
    domains: none,
  },
};
