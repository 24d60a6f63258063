import { expect, onTestFinished, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { type RedisServer, startRedis } from '../../test/support/redis-server.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { systemClock } from '../base/clock.js';
import type { Replication } from '../replication/replication.js';
import { createReplicas, type Member, type Replicas } from './replicas.js';

test('of two foundations of one process that are alike, one reads', async () => {
  const { replicas } = await replicasOfOne();
  const alike = [started(replicas.replicationOf(member())), started(replicas.replicationOf(member()))];
  const roles = (): readonly string[] => alike.map(({ role }) => role).toSorted();
  await waitUntil(() => roles().join(' ') === 'follower leader', { within: 5_000, describe: roles, every: 10 });
  expect(alike.map(({ status }) => status.version.fence > 0)).toContain(true);
});

test.each([
  ['when all have stopped', 600_000, stopped],
  ['when leases have run out, where one does not stop', 2_000, async () => undefined],
])('a server that is no longer wanted is left %s', async (_, leaseMs, stop) => {
  const { redis, replicas } = await replicasOfOne(leaseMs);
  const one = started(replicas.replicationOf(member()));
  await waitUntil(() => one.role === 'leader', { within: 5_000, describe: () => one.role, every: 10 });
  const connections = async (): Promise<number> => (await redis.command('CLIENT', 'LIST')).split('\n').length - 1;
  // Steps, news and values.
  expect(await connections()).toBe(3);
  replicas.configure(undefined);
  await stop(one, redis);
  await waitUntil(async () => (await connections()) === 0, { within: 5_000, describe: connections });
});

async function stopped(one: Replication, redis: RedisServer): Promise<void> {
  await one.stop();
  expect(await redis.command('KEYS', '*:lease')).toBe('');
}

interface Shared {
  readonly redis: RedisServer;
  readonly replicas: Replicas;
}

async function replicasOfOne(leaseMs = 2_000): Promise<Shared> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop('SIGKILL'));
  const replicas = createReplicas({ replicaId: 'one', clock: systemClock });
  onTestFinished(() => replicas.close());
  const place = { kind: 'server', host: '127.0.0.1', port: redis.port } as const;
  const access = { username: undefined, password: undefined, tls: undefined };
  replicas.configure({ leaseMs, keepSeconds: 60, redis: { place, ...access, database: 0, prefix: 'test' } });
  replicas.start();
  return { redis, replicas };
}

function started(replication: Replication | undefined): Replication {
  if (replication === undefined) throw new Error('nothing is shared');
  replication.start();
  onTestFinished(() => replication.stop());
  return replication;
}

function member(): Member {
  return {
    log: recordedLog().log,
    observe: { failed: () => undefined },
    apiOrigin: 'https://api.example.org',
    reader: { grant: 'password', name: 'ann' },
    scopeText: 'everything',
    known: () => undefined,
    judge: (dated) => dated,
    onTaken: () => undefined,
    onRole: () => undefined,
    refresh: () => Promise.resolve(),
    onSuspicion: () => undefined,
    isBlind: () => false,
  };
}
