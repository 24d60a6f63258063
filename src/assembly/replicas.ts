import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { ReplicationConfig } from '../config/config.js';
import type { Reader } from '../foundation/dated-inventory.js';
import { createRedisLink, type RedisLink } from '../replication/redis-link.js';
import { createRedisStore } from '../replication/redis-store.js';
import { createReplication, type Replication, type ReplicationOptions } from '../replication/replication.js';
import { storeKeys } from '../replication/store-keys.js';
import type { Log } from '../telemetry/log.js';
import { fingerprint } from './fingerprint.js';

/** One foundation, as far as replicas that share it have to agree. */
export interface Member
  extends Omit<ReplicationOptions, 'store' | 'replicaId' | 'leaseMs' | 'clock' | 'random' | 'codec' | 'log'> {
  readonly log: Log;
  readonly apiOrigin: string;
  readonly reader: Reader;
  /** What the rules want of the lists. */
  readonly scopeText: string;
}

/** What this process shares with its replicas, all foundations over one connection. */
export interface Replicas {
  /** Changes with the settings; undefined where nothing is shared. Whoever shares by an old one begins anew. */
  readonly key: string | undefined;
  /** Older inventories are of no use. */
  readonly maxAgeMs: Milliseconds | undefined;
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

export function createReplicas({ replicaId, clock }: { readonly replicaId: string; readonly clock: Clock }): Replicas {
  let current: { readonly key: string; readonly settings: ReplicationConfig; readonly link: RedisLink } | undefined;
  let started = false;
  let made = 0;

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
      current?.link.stop();
      current = undefined;
      if (settings === undefined || key === undefined) return;
      const limitMs = Math.max(settings.leaseMs * LIMIT_SHARE, SHORTEST_LIMIT_MS);
      const link = createRedisLink({ settings: { ...settings.redis, limitMs }, clock, random: Math.random });
      current = { key, settings, link };
      if (started) link.start();
    },
    start() {
      started = true;
      current?.link.start();
    },
    replicationOf(member) {
      if (current === undefined) return undefined;
      const { link, settings } = current;
      const { apiOrigin, reader, scopeText: scope } = member;
      const { leaseMs, keepSeconds } = settings;
      const keys = storeKeys({ prefix: settings.redis.prefix, apiOrigin, reader, scope });
      const store = createRedisStore({ link, keys, leaseMs, keepSeconds });
      // Two foundations of one process may be alike, and one that begins anew follows itself: a lease is for one of them.
      made += 1;
      const id = `${replicaId}/${made}`;
      return createReplication({ ...member, store, replicaId: id, leaseMs, clock, random: Math.random });
    },
    close: () => current?.link.stop(),
  };
}
