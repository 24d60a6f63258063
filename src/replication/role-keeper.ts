import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';

/**
 * `joining` has just begun and asks nobody but the store, `leader` reads Cloud Foundry for all, `follower` takes what the
 * leader has read, `alone` reads for itself, since the store is of no use.
 */
export type ReplicaRole = 'joining' | 'leader' | 'follower' | 'alone';

export const REPLICA_ROLES = ['joining', 'leader', 'follower', 'alone'] as const satisfies readonly ReplicaRole[];

export interface RoleKeeperOptions {
  readonly leaseMs: Milliseconds;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether there are targets to go on with. */
  readonly isInformed: () => boolean;
  readonly onRole: (role: ReplicaRole) => void;
}

/** Says what this replica is, by what it has heard and when: also while the store says nothing. */
export interface RoleKeeper {
  readonly role: ReplicaRole;
  start(): void;
  stop(): void;
  /** The lease is ours until then, by our own monotonic clock. */
  leads(until: Milliseconds): void;
  /** The lease is no longer ours; what we are instead turns out next. */
  ends(): void;
  /** Somebody else reads, and what was read is here. */
  follows(): void;
  /** The store was of no use. */
  fails(): void;
}

/** A replica without any target waits for no silent store for longer. */
const HASTE_MS: Milliseconds = 2_000;

export function createRoleKeeper(options: RoleKeeperOptions): RoleKeeper {
  const { clock, leaseMs } = options;
  let role: ReplicaRole = 'joining';
  let timer: Timer | undefined;
  let stopped = true;
  let startedAt = clock.monotonic();
  let hasFailed = false;
  let leadsUntil: Milliseconds | undefined;
  /** Until when the word of the leader holds; not the same for all replicas, so that they do not all begin to read at once. */
  let followsUntil: Milliseconds | undefined;

  function roleAt(now: Milliseconds): { readonly is: ReplicaRole; readonly until?: Milliseconds } {
    if (leadsUntil !== undefined && now < leadsUntil) return { is: 'leader', until: leadsUntil };
    if (followsUntil !== undefined && now < followsUntil) return { is: 'follower', until: followsUntil };
    if (role === 'joining') {
      const patienceMs = options.isInformed() ? leaseMs : hasFailed ? 0 : HASTE_MS;
      if (now < startedAt + patienceMs) return { is: 'joining', until: startedAt + patienceMs };
    }
    return { is: 'alone' };
  }

  function settle(): void {
    timer?.cancel();
    if (stopped) return;
    const now = clock.monotonic();
    const { is, until } = roleAt(now);
    if (until !== undefined) timer = clock.after(until - now, settle);
    if (is === 'leader' || is === 'alone') followsUntil = undefined;
    if (is !== 'leader') leadsUntil = undefined;
    if (is === role) return;
    role = is;
    options.onRole(is);
  }

  return {
    get role() {
      return role;
    },
    start() {
      stopped = false;
      startedAt = clock.monotonic();
      settle();
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
    leads(until) {
      leadsUntil = until;
      settle();
    },
    ends() {
      leadsUntil = undefined;
    },
    follows() {
      followsUntil = clock.monotonic() + leaseMs * (1 + options.random());
      settle();
    },
    fails() {
      hasFailed = true;
      settle();
    },
  };
}
