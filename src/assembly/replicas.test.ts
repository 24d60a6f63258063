import { expect, onTestFinished, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { startRedis } from '../../test/support/redis-server.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { systemClock } from '../base/clock.js';
import type { Replication } from '../replication/replication.js';
import { createReplicas, type Member } from './replicas.js';

test('of two foundations of one process that are alike, one reads', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop('SIGKILL'));
  const replicas = createReplicas({ replicaId: 'one', clock: systemClock });
  onTestFinished(() => replicas.close());
  const place = { kind: 'server', host: '127.0.0.1', port: redis.port } as const;
  const access = { username: undefined, password: undefined, tls: undefined };
  replicas.configure({
    leaseMs: 2_000,
    keepSeconds: 60,
    redis: { place, ...access, database: 0, prefix: 'test' },
  });
  replicas.start();
  const alike = [started(replicas.replicationOf(member())), started(replicas.replicationOf(member()))];
  const roles = (): readonly string[] => alike.map(({ role }) => role).toSorted();
  await waitUntil(() => roles().join(' ') === 'follower leader', { within: 5_000, describe: roles, every: 10 });
  expect(alike.map(({ status }) => status.version.fence > 0)).toContain(true);
});

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
