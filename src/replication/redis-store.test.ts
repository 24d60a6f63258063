import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type RedisServer, startRedis } from '../../test/support/redis-server.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { systemClock } from '../base/clock.js';
import { Secret } from '../base/secret.js';
import type { RedisConfig } from '../config/config.js';
import { perKind } from '../foundation/resources.js';
import { createRedisLines, type RedisLines } from './redis-lines.js';
import { createRedisStore } from './redis-store.js';
import { type ReplicaStore, StoreError } from './replica-store.js';
import type { SharedHead } from './shared-head.js';
import { hashOf } from './shared-value.js';
import { storeKeys } from './store-keys.js';

const KEYS = storeKeys({
  prefix: 'test',
  apiOrigin: 'https://api.example.org',
  reader: { grant: 'password', name: 'ann{}' },
  scope: 'everything',
});
const LEASE_MS = 2_000;
const VALUE = Buffer.from([0, 1, 2, 255, 13, 10]);

let redis: RedisServer;

beforeAll(async () => {
  redis = await startRedis();
});

afterAll(() => redis?.stop());

beforeEach(async () => void (await redis.command('FLUSHALL')));

function linesTo(port: number, more: Partial<RedisConfig> = {}, limitMs = 3_000): RedisLines {
  const config: RedisConfig = {
    place: { kind: 'server', host: '127.0.0.1', port },
    username: undefined,
    password: undefined,
    database: 0,
    tls: undefined,
    prefix: 'test',
    ...more,
  };
  const settings = { ...config, limitMs };
  const lines = createRedisLines({ settings, valueLimitMs: limitMs, clock: systemClock, random: () => 0 });
  lines.start();
  onTestFinished(() => lines.stop());
  return lines;
}

function storeOn(lines: RedisLines): ReplicaStore {
  return createRedisStore({ lines, keys: KEYS, leaseMs: LEASE_MS, keepSeconds: 60 });
}

function head(fence: number, count: number, value: Buffer | undefined = VALUE): SharedHead {
  const facts = value && { hash: hashOf(value), bytes: value.length, readAtMs: perKind(() => 1_700_000_000_000) };
  return { version: { fence, count }, value: facts, answered: { apps: { upTo: 3, failure: 'no' } } };
}

async function acquired(store: ReplicaStore, holder: string, seen = 0): Promise<{ holder: string; fence: number }> {
  const got = await store.acquire(holder, seen);
  if (got === undefined) throw new Error('somebody else has the lease');
  return { holder, fence: got.fence };
}

function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof StoreError ? error.code : error),
  );
}

describe('a lease', () => {
  test('is one replica’s, with a number above all before', async () => {
    const store = storeOn(linesTo(redis.port));
    const first = await acquired(store, 'one');
    expect(await store.acquire('two', 0)).toBeUndefined();
    expect((await store.look(0)).lease).toMatchObject({ holder: 'one', fence: first.fence });
    await store.release({ holder: 'two', fence: first.fence });
    expect((await store.look(0)).lease).toBeDefined();
    await store.release(first);
    expect((await store.look(0)).lease).toBeUndefined();
    expect((await acquired(store, 'two')).fence).toBeGreaterThan(first.fence);
  });

  test('has a number above what was seen, also when the store has lost its memory', async () => {
    const store = storeOn(linesTo(redis.port));
    const seen = Date.now() * 2;
    const { fence } = await acquired(store, 'one', seen);
    expect(fence).toBe(seen + 1);
    await redis.command('FLUSHALL');
    expect((await acquired(store, 'two')).fence).toBeGreaterThan(1_700_000_000_000);
  });

  test('below what was seen ends by looking', async () => {
    const store = storeOn(linesTo(redis.port));
    const lease = await acquired(store, 'one');
    expect((await store.look(lease.fence)).lease).toBeDefined();
    expect((await store.look(lease.fence + 1)).lease).toBeUndefined();
    expect(await store.renew(lease)).toBeUndefined();
  });

  test('never lasts longer than it was given for, though the clock of the server has gone back', async () => {
    const store = storeOn(linesTo(redis.port));
    await acquired(store, 'one');
    // What is left of a lease then is what it was given for, and the way back on top.
    await redis.command('PEXPIRE', KEYS.lease, '3600000');
    expect((await store.look(0)).lease?.leftMs).toBe(LEASE_MS);
    expect(Number(await redis.command('PTTL', KEYS.lease))).toBeLessThanOrEqual(LEASE_MS);
  });

  test('runs out by itself and is renewed by its holder only', async () => {
    const store = storeOn(linesTo(redis.port));
    const lease = await acquired(store, 'one');
    expect(await store.renew({ ...lease, holder: 'two' })).toBeUndefined();
    expect(await store.renew(lease)).toEqual({ wishes: {}, head: undefined, valueBytes: 0 });
    expect(Number(await redis.command('PTTL', KEYS.lease))).toBeGreaterThan(0);
    await redis.command('DEL', KEYS.lease);
    expect(await store.renew(lease)).toBeUndefined();
  });
});

describe('a value', () => {
  test('comes back as it was, with its head', async () => {
    const store = storeOn(linesTo(redis.port));
    const lease = await acquired(store, 'one');
    expect(await store.fetch()).toBeUndefined();
    expect(await store.put(lease, { head: head(lease.fence, 1), value: VALUE })).toBe(true);
    expect(await store.fetch()).toEqual({ head: head(lease.fence, 1), value: VALUE });
    expect(await store.put(lease, { head: head(lease.fence, 2) })).toBe(true);
    expect(await store.fetch()).toEqual({ head: head(lease.fence, 2), value: VALUE });
    expect((await store.look(0)).head).toEqual(head(lease.fence, 2));
  });

  test('is never written by a leader of before', async () => {
    const store = storeOn(linesTo(redis.port));
    const old = await acquired(store, 'one');
    await redis.command('DEL', KEYS.lease);
    const next = await acquired(store, 'two');
    await store.put(next, { head: head(next.fence, 1), value: VALUE });
    expect(await store.put(old, { head: head(old.fence, 9), value: Buffer.from('old') })).toBe(false);
    expect(await store.fetch()).toEqual({ head: head(next.fence, 1), value: VALUE });
  });

  test('is kept for a time only, as all keys are', async () => {
    const store = storeOn(linesTo(redis.port));
    const lease = await acquired(store, 'one');
    await store.put(lease, { head: head(lease.fence, 1), value: VALUE });
    await store.ask(['apps']);
    const keys = (await redis.command('KEYS', '*')).split('\n');
    expect(keys.toSorted()).toEqual([KEYS.fence, KEYS.head, KEYS.lease, KEYS.value, KEYS.wishes].toSorted());
    for (const key of keys) expect(Number(await redis.command('TTL', key))).toBeGreaterThan(0);
  });

  test('is measured by whoever looks or renews, and replaces what is of another type', async () => {
    const store = storeOn(linesTo(redis.port));
    const lease = await acquired(store, 'one');
    await redis.command('LPUSH', KEYS.value, 'x');
    expect((await store.look(0)).valueBytes).toBe(0);
    expect(await store.renew(lease)).toMatchObject({ valueBytes: 0 });
    await store.put(lease, { head: head(lease.fence, 1), value: VALUE });
    expect((await store.look(0)).valueBytes).toBe(VALUE.length);
    expect(await store.renew(lease)).toMatchObject({ head: head(lease.fence, 1), valueBytes: VALUE.length });
  });

  test.each(['no JSON', '{}', '{"version":{"fence":-1,"count":0},"answered":{}}'])(
    'with a foreign head %j is none',
    async (text) => {
      const store = storeOn(linesTo(redis.port));
      await redis.command('SET', KEYS.head, text);
      expect((await store.look(0)).head).toBeUndefined();
      expect(await store.fetch()).toBeUndefined();
    },
  );

  test.each([
    [KEYS.lease, 'looking', (store: ReplicaStore) => store.look(0)],
    [KEYS.head, 'looking', (store: ReplicaStore) => store.look(0)],
    [KEYS.wishes, 'asking', (store: ReplicaStore) => store.ask(['apps'])],
  ])('of a foreign type at %s fails %s', async (key, _, work) => {
    const store = storeOn(linesTo(redis.port));
    await redis.command('LPUSH', key, 'x');
    expect(await codeOf(work(store))).toBe('answer');
  });

  test.each([
    ['a time', ['PX', '60000']],
    // Whoever looked again at its end would look without a pause.
    ['no end', []],
  ] as const)('of a foreign lease with %s makes nobody leader', async (_, words) => {
    const store = storeOn(linesTo(redis.port));
    await redis.command('SET', KEYS.lease, 'x', ...words);
    const { lease } = await store.look(0);
    expect(lease).toMatchObject({ holder: 'somebody else', fence: 0 });
    expect(lease?.leftMs).toBeGreaterThan(30_000);
    expect(await store.acquire('one', 0)).toBeUndefined();
  });
});

test('wishes are numbered, and told to who renews', async () => {
  const store = storeOn(linesTo(redis.port));
  const first = await store.ask(['apps', 'suspicion']);
  const second = await store.ask(['apps']);
  expect(second.apps).toBeGreaterThan(first.apps ?? Number.NaN);
  const lease = await acquired(store, 'one');
  expect((await store.renew(lease))?.wishes).toEqual({ apps: second.apps, suspicion: first.suspicion });
});

test('a user with the rights that docs/operating.md names may do all of it', async () => {
  const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const [, rights = ''] = /`user promregator on >… ([^`]+)`/.exec(page) ?? [];
  const own = rights.replaceAll('promregator:*', 'test:*').split(' ');
  await redis.command('ACL', 'SETUSER', 'narrow', 'reset', 'on', '>secret', ...own);
  const store = storeOn(linesTo(redis.port, { username: 'narrow', password: new Secret('secret'), database: 1 }));
  let told = 0;
  store.onNews(() => {
    told += 1;
  });
  const lease = await acquired(store, 'one');
  await store.put(lease, { head: head(lease.fence, 1), value: VALUE });
  await store.put(lease, { head: head(lease.fence, 2) });
  await store.ask(['apps']);
  expect(await store.renew(lease)).toHaveProperty('wishes.apps');
  expect(await store.fetch()).toBeDefined();
  const before = told;
  await store.release(lease);
  await waitUntil(() => told > before, { within: 5_000, describe: () => told, every: 10 });
  expect((await store.look(lease.fence)).lease).toBeUndefined();
  // Ends a lease of a lower number.
  await acquired(store, 'two');
  expect((await store.look(Date.now() * 2)).lease).toBeUndefined();
});

test('news are told to all that listen', async () => {
  const one = storeOn(linesTo(redis.port));
  let told = 0;
  const two = storeOn(linesTo(redis.port));
  two.onNews(() => {
    told += 1;
  });
  const toldSince = async (before: number) =>
    await waitUntil(() => told > before, { within: 5_000, describe: () => told, every: 10 });
  await toldSince(0);
  for (const work of [() => one.ask(['apps']), async () => await one.release(await acquired(one, 'one'))]) {
    const before = told;
    await work();
    await toldSince(before);
  }
});

describe('a store that does not do its part', () => {
  test.each([
    ['is not there', async () => linesTo(1), 'away'],
    ['wants a password', async () => linesTo((await another({ password: 'right' })).port), 'denied'],
    [
      'wants another password',
      async () => linesTo((await another({ password: 'right' })).port, { password: new Secret('hidden-4711') }),
      'denied',
    ],
    ['is full', async () => linesTo((await another({ args: ['--maxmemory', '1000'] })).port), 'full'],
    [
      'is a copy',
      async () => linesTo((await another({ args: ['--replicaof', '127.0.0.1', String(redis.port)] })).port),
      'read_only',
    ],
    [
      'stands still',
      async () => {
        const server = await another();
        const lines = linesTo(server.port, {}, 1_500);
        await storeOn(lines).look(0);
        server.signal('SIGSTOP');
        return lines;
      },
      'late',
    ],
    [
      'pauses',
      async () => {
        const server = await another();
        const lines = linesTo(server.port, {}, 1_500);
        await storeOn(lines).look(0);
        await server.command('CLIENT', 'PAUSE', '60000');
        return lines;
      },
      'late',
    ],
  ])('when it %s', async (_, prepare, code) => {
    const store = storeOn(await prepare());
    const failure = await store.acquire('one', 0).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain('hidden-4711');
  });

  test('is used again when it is there again, without being asked', async () => {
    const server = await another();
    const lines = linesTo(server.port);
    const store = storeOn(lines);
    await store.look(0);
    await server.stop('SIGKILL');
    expect(await codeOf(store.look(0))).toBe('away');
    let told = 0;
    store.onNews(() => {
      told += 1;
    });
    await another({ port: server.port });
    await waitUntil(() => told > 0, { within: 10_000, describe: () => told, every: 20 });
    expect(await codeOf(store.look(0))).toBe('done');
  });
});

describe('servers that take connections and say nothing', () => {
  test('among Sentinels keep nobody from the others', async () => {
    const [sentinel, silent] = [await another({ sentinel: true }), await silentServer()];
    await sentinel.command('SENTINEL', 'MONITOR', 'shared', '127.0.0.1', String(redis.port), '1');
    const nodes = [silent.port, sentinel.port].map((port) => ({ host: '127.0.0.1', port }));
    const access = { username: undefined, password: undefined, tls: undefined };
    const lines = linesTo(0, { place: { kind: 'sentinel', master: 'shared', nodes, access } });
    expect(await codeOf(storeOn(lines).look(0))).toBe('done');
    await waitUntil(() => silent.open === 0, { within: 2_000, describe: () => silent.open, every: 10 });
  });

  test('hold one connection of each line, however often they are tried', async () => {
    const silent = await silentServer();
    const lines = linesTo(silent.port, { password: new Secret('any') }, 100);
    await waitUntil(() => silent.taken >= 6, { within: 5_000, describe: () => silent.taken, every: 10 });
    expect(silent.open).toBeLessThanOrEqual(2);
    lines.stop();
    await waitUntil(() => silent.open === 0, { within: 2_000, describe: () => silent.open, every: 10 });
  });
});

async function silentServer(): Promise<{ readonly port: number; readonly open: number; readonly taken: number }> {
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    get open() {
      return sockets.size;
    },
    get taken() {
      return taken;
    },
  };
}

async function another(options: Parameters<typeof startRedis>[0] = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  onTestFinished(() => server.stop('SIGKILL'));
  return server;
}
