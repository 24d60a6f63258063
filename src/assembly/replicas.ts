import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { ReplicationConfig } from '../config/config.js';
import type { Reader } from '../foundation/dated-inventory.js';
import { createRedisLines, type RedisLines } from '../replication/redis-lines.js';
import { createRedisStore } from '../replication/redis-store.js';
import { createReplication, type Replication, type ReplicationOptions } from '../replication/replication.js';
import { storeKeys } from '../replication/store-keys.js';
import type { Log } from '../telemetry/log.js';
import { fingerprint } from './fingerprint.js';

/** One foundation, as far as replicas that share it have to agree. */
export interface Member
  extends Omit<
    ReplicationOptions,
    'store' | 'replicaId' | 'leaseMs' | 'clock' | 'random' | 'codec' | 'log' | 'onStopped'
  > {
  readonly log: Log;
  readonly apiOrigin: string;
  readonly reader: Reader;
  /** What the rules want of the lists. */
  readonly scopeText: string;
}

/** What this process shares with its replicas, all foundations over the same connections. */
export interface Replicas {
  /** Changes with the settings; undefined where nothing is shared. Whoever shares by an old one begins anew. */
  readonly key: string | undefined;
  /** Older inventories are of no use. */
  readonly maxAgeMs: Milliseconds | undefined;
  /** Those that share by old settings are to be stopped then: the old server is left when they have given back their leases. */
  configure(settings: ReplicationConfig | undefined): void;
  /** Connects. */
  start(): void;
  /** One that does not run yet; undefined where nothing is shared. */
  replicationOf(member: Member): Replication | undefined;
  /** Shares that have not been given back by now last as long as their leases. */
  close(): void;
}

/** Share of a lease that one step of the store may take: a leader that waits in vain can try again. */
const LIMIT_SHARE = 0.25;
/** A busy machine takes its time to begin. */
const SHORTEST_LIMIT_MS: Milliseconds = 2_000;

/** One server and those that share by it. */
interface Membership {
  readonly key: string;
  readonly settings: ReplicationConfig;
  readonly lines: RedisLines;
  /** Have not been stopped to the end yet. */
  readonly members: Set<string>;
}

export function createReplicas({ replicaId, clock }: { readonly replicaId: string; readonly clock: Clock }): Replicas {
  let current: Membership | undefined;
  /** Whose leases are being given back, each with what ends that. */
  const leaving = new Map<Membership, Timer>();
  let started = false;
  let made = 0;

  function join(key: string, settings: ReplicationConfig): Membership {
    const { leaseMs, redis } = settings;
    const limitMs = Math.max(leaseMs * LIMIT_SHARE, SHORTEST_LIMIT_MS);
    const lines = createRedisLines({
      settings: { ...redis, limitMs },
      valueLimitMs: Math.max(leaseMs, limitMs),
      clock,
      random: Math.random,
    });
    if (started) lines.start();
    return { key, settings, lines, members: new Set() };
  }

  /** After the time of a lease there is none left to give back. */
  function leave(membership: Membership): void {
    leaving.set(
      membership,
      clock.after(membership.settings.leaseMs, () => end(membership)),
    );
    if (membership.members.size === 0) end(membership);
  }

  function end(membership: Membership): void {
    leaving.get(membership)?.cancel();
    leaving.delete(membership);
    membership.lines.stop();
  }

  return {
    get key() {
      return current?.key;
    },
    get maxAgeMs() {
      return current && current.settings.keepSeconds * 1000;
    },
    configure(settings) {
      const key = settings && fingerprint(settings);
      if (key === current?.key) return;
      const before = current;
      current = settings === undefined || key === undefined ? undefined : join(key, settings);
      if (before !== undefined) leave(before);
    },
    start() {
      started = true;
      current?.lines.start();
    },
    replicationOf(member) {
      if (current === undefined) return undefined;
      const membership = current;
      const { lines, settings, members } = membership;
      const { apiOrigin, reader, scopeText: scope } = member;
      const { leaseMs, keepSeconds } = settings;
      const keys = storeKeys({ prefix: settings.redis.prefix, apiOrigin, reader, scope });
      const store = createRedisStore({ lines, keys, leaseMs, keepSeconds });
      // Two foundations of one process may be alike, and one that begins anew follows itself: a lease is for one of them.
      made += 1;
      const id = `${replicaId}/${made}`;
      members.add(id);
      const onStopped = (): void => {
        members.delete(id);
        if (leaving.has(membership) && members.size === 0) end(membership);
      };
      return createReplication({ ...member, store, replicaId: id, leaseMs, clock, random: Math.random, onStopped });
    },
    close() {
      for (const each of [...leaving.keys()]) end(each);
      current?.lines.stop();
    },
  };
}
