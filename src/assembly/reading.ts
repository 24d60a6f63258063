import type { Refresher } from '../foundation/refresh.js';
import type { ResourceKind } from '../foundation/resources.js';
import type { Watchdog } from '../foundation/watchdog.js';
import type { Replication } from '../replication/replication.js';
import type { ReplicaRole } from '../replication/role-keeper.js';
import { isBlind } from './blindness.js';
import type { Member, Replicas } from './replicas.js';

export interface ReadingParts {
  readonly refresher: Refresher;
  readonly watchdog: Watchdog | undefined;
  /** Undefined: this process reads, always. */
  readonly replicas: Replicas | undefined;
  readonly member: Omit<Member, 'scopeText' | 'onRole' | 'onTaken' | 'refresh' | 'onSuspicion' | 'isBlind'>;
}

/** Who reads a foundation: this process, or one of its replicas, from which it takes what was read. */
export interface Reading {
  /** Undefined where nothing is shared. */
  readonly replication: Replication | undefined;
  /** By the rules and the replicas of now; sharing begins anew where either has changed. */
  share(scopeText: string): void;
  start(): void;
  /** Asks the replicas; resolves when it is clear who reads. */
  join(): Promise<void>;
  /** Reads these lists now, or has them read. @throws the failure of that */
  refresh(kinds: readonly ResourceKind[]): Promise<void>;
  suspect(kind: ResourceKind): void;
  /** There is a new inventory. */
  changed(): void;
  /** Leaves reading to the replicas, where there are some. Never rejects. */
  leave(): Promise<void>;
  stop(): void;
}

export function createReading({ refresher, watchdog, replicas, member }: ReadingParts): Reading {
  let replication: Replication | undefined;
  let sharedBy: string | undefined;
  let state: 'resting' | 'joining' | 'started' = 'resting';

  function read(): void {
    refresher.start();
    watchdog?.start();
  }

  function rest(): void {
    refresher.stop();
    watchdog?.stop();
  }

  function onRole(role: ReplicaRole): void {
    if (state === 'resting') return;
    if (role === 'leader' || role === 'alone') read();
    else rest();
  }

  function begin(scopeText: string): Replication | undefined {
    const made = replicas?.replicationOf({
      ...member,
      scopeText,
      onRole(role) {
        if (made === replication) onRole(role);
      },
      onTaken: (dated) => refresher.adopt(dated),
      refresh: (kinds) => refresher.refresh(kinds),
      onSuspicion: () => refresher.suspect('processes'),
      isBlind: () => isBlind(refresher.lists),
    });
    return made;
  }

  return {
    get replication() {
      return replication;
    },
    share(scopeText) {
      const by = replicas?.key === undefined ? undefined : `${replicas.key} ${scopeText}`;
      if (by === sharedBy) return;
      sharedBy = by;
      void replication?.stop();
      replication = by === undefined ? undefined : begin(scopeText);
      if (state === 'resting') return;
      if (replication === undefined) read();
      else replication.start();
    },
    start() {
      if (state === 'started') return;
      const isNew = state === 'resting';
      state = 'started';
      if (replication === undefined) read();
      else if (isNew) replication.start();
    },
    async join() {
      if (replication === undefined || state !== 'resting') return;
      state = 'joining';
      replication.start();
      await replication.joined();
    },
    refresh: (kinds) => (replication === undefined ? refresher.refresh(kinds) : replication.invalidate(kinds)),
    suspect(kind) {
      refresher.suspect(kind);
      replication?.suspect();
    },
    changed: () => replication?.changed(),
    async leave() {
      if (replication === undefined) return;
      rest();
      await replication.stop();
    },
    stop() {
      state = 'resting';
      rest();
      void replication?.stop();
    },
  };
}
