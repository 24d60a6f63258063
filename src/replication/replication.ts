import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError } from '../base/errors.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import type { ResourceKind } from '../foundation/resources.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';
import { createLeadership, LOOK_EVERY_MS, RENEW_SHARE } from './leadership.js';
import { type ReplicaStore, StoreError, type StoreErrorCode } from './replica-store.js';
import { createRoleKeeper, type ReplicaRole } from './role-keeper.js';
import { createSharedCopy } from './shared-copy.js';
import type { Version } from './shared-head.js';
import { inventoryCodec, type ValueCodec } from './shared-value.js';
import { createWishDesk } from './wish-desk.js';

export interface ReplicationOptions {
  readonly store: ReplicaStore;
  /** No other process has it. */
  readonly replicaId: string;
  readonly leaseMs: Milliseconds;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly observe: ReplicationObserver;
  /** What this replica goes by now: what it has read, or taken. The same inventory stays the same object. */
  readonly known: () => DatedInventory | undefined;
  /** What another replica has read, as it may be used here; or the reason why not. */
  readonly judge: (dated: DatedInventory) => DatedInventory | string;
  /** From now on it is `known`; perhaps only its dates are new. */
  readonly onTaken: (dated: DatedInventory) => void;
  /** Leaders and those alone read Cloud Foundry; the others ask it nothing. */
  readonly onRole: (role: ReplicaRole) => void;
  /** Reads these lists now; asked of leaders and those alone. */
  readonly refresh: (kinds: readonly ResourceKind[]) => Promise<void>;
  /** Another replica doubts what is known of processes; asked of leaders. */
  readonly onSuspicion: () => void;
  /** Cloud Foundry cannot be reached from here, and perhaps from where the others are; asked of leaders. */
  readonly isBlind: () => boolean;
  /** The lease has been given back, and the store is asked nothing more. */
  readonly onStopped?: () => void;
  readonly codec?: ValueCodec;
}

export interface ReplicationObserver {
  failed(reason: StoreErrorCode | 'value'): void;
}

/** One foundation, as several replicas share it: one of them reads, all have what was read. */
export interface Replication {
  readonly role: ReplicaRole;
  readonly status: ReplicationStatus;
  start(): void;
  /** Resolves when it is clear what this replica is: within two seconds, or a lease where it has targets to go on with. */
  joined(): Promise<void>;
  /** There is something new to share. */
  changed(): void;
  /** Has these lists read anew, whoever reads. @throws the failure of that */
  invalidate(kinds: readonly ResourceKind[]): Promise<void>;
  /** Tells whoever reads that processes may have changed; at most once in ten seconds. */
  suspect(): void;
  /** Leaves the lease to others. Never rejects; takes as long as a step of the store may. */
  stop(): Promise<void>;
}

export interface ReplicationStatus {
  /** Of what is shared, as far as this replica knows. */
  readonly version: Version;
  readonly valueBytes: number;
  /** Since the store last did what it was asked. */
  readonly contactAgeMs: Milliseconds | undefined;
}

const SUSPICION_GAP_MS: Milliseconds = 10_000;

export function createReplication(options: ReplicationOptions): Replication {
  const { store, replicaId, leaseMs, clock, random, log, observe } = options;
  const repeats = createRepeats(clock);
  const copy = createSharedCopy({ ...options, codec: options.codec ?? inventoryCodec, onUnusable, onLost });
  const desk = createWishDesk({ refresh: options.refresh, onAnswered: wake, clock });
  const keeper = createRoleKeeper({ ...options, isInformed: () => options.known() !== undefined, onRole });
  const isStopped = (): boolean => stopped;
  const leadership = createLeadership({ ...options, copy, desk, keeper, isStopped, onContact: contacted });
  let joined: () => void = () => undefined;
  const joining = new Promise<void>((resolve) => {
    joined = resolve;
  });
  let timer: Timer | undefined;
  let turning: Promise<void> | undefined;
  let again = false;
  let stopped = true;
  let endNews: () => void = () => undefined;
  let leader = '';
  let failure: unknown;
  let contactAt: Milliseconds | undefined;
  let suspectedAt = Number.NEGATIVE_INFINITY;
  let resentAt = Number.NEGATIVE_INFINITY;

  /** One turn at a time; news that come meanwhile lead to another one. */
  function wake(): void {
    timer?.cancel();
    if (stopped) return;
    if (turning !== undefined) {
      again = true;
      return;
    }
    again = false;
    turning = turn()
      .catch((error: unknown) => {
        failed(error);
        return LOOK_EVERY_MS;
      })
      .then((waitMs) => {
        turning = undefined;
        if (stopped) return;
        if (again) wake();
        else timer = clock.after(waitMs, wake);
      });
  }

  /** Milliseconds until the next. */
  async function turn(): Promise<Milliseconds> {
    if (leadership.isHeld) {
      const stays = await leadership.goOn();
      if (stays) return leaseMs * RENEW_SHARE;
    }
    return await follow();
  }

  async function follow(): Promise<Milliseconds> {
    const { lease: seen, head, valueBytes } = await store.look(copy.version.fence);
    contacted();
    if (seen === undefined) return await leadership.compete();
    if (seen.holder === replicaId) return await leadership.keepOrGive(seen.fence, head);
    if (head !== undefined && head.version.fence === seen.fence) {
      leader = seen.holder;
      const outcome = await copy.heed(head, valueBytes);
      if (outcome !== 'unusable') keeper.follows();
      if (outcome === 'whole') desk.hear(head.answered);
    }
    return Math.min(LOOK_EVERY_MS, seen.leftMs + 100 * random());
  }

  function contacted(): void {
    contactAt = clock.monotonic();
  }

  function failed(error: unknown): void {
    failure = error;
    if (error instanceof StoreError) observe.failed(error.code);
    else log.error('sharing between replicas went wrong within this program', { error });
    log.debug('the store of the replicas did not do what it was asked', { error });
    keeper.fails();
  }

  function onUnusable(reason: string): void {
    failure = reason;
    observe.failed('value');
    const times = repeats.occurred(reason);
    if (times !== undefined) log.warn('what another replica has shared is not used', { reason, times });
    const now = clock.monotonic();
    if (now < resentAt + leaseMs) return;
    resentAt = now;
    // Whoever reads can put it right, if it is only damaged or gone.
    void store.ask(['value']).catch(() => undefined);
  }

  function onLost(): void {
    const times = repeats.occurred('lost');
    if (times !== undefined) log.warn('the store has lost what was shared, so it is shared again', { times });
  }

  /** Why there is nobody to follow, where nothing has failed yet. */
  function silence(): string {
    const silentMs = clock.monotonic() - (contactAt ?? Number.NEGATIVE_INFINITY);
    if (silentMs > leaseMs * RENEW_SHARE && turning !== undefined) return store.silence();
    return 'no replica shares what it reads';
  }

  function onRole(role: ReplicaRole): void {
    if (role === 'alone') {
      const reason = failure === undefined ? silence() : describeError(failure);
      log.warn('this replica reads Cloud Foundry by itself, since it cannot share', { reason });
    } else if (role === 'leader') log.info('this replica reads Cloud Foundry for all', { replica: replicaId });
    else if (role === 'follower')
      log.info('another replica reads Cloud Foundry, this one takes what it shares', { leader });
    failure = undefined;
    if (role !== 'alone') repeats.ended();
    options.onRole(role);
    if (role === 'leader' || role === 'alone') desk.takeBack();
    joined();
  }

  return {
    get role() {
      return keeper.role;
    },
    get status() {
      const contactAgeMs = contactAt === undefined ? undefined : clock.monotonic() - contactAt;
      return { version: copy.version, valueBytes: copy.bytes, contactAgeMs };
    },
    start() {
      if (!stopped) return;
      stopped = false;
      endNews = store.onNews(wake);
      keeper.start();
      wake();
    },
    joined: () => joining,
    changed() {
      if (leadership.isHeld) wake();
    },
    async invalidate(kinds) {
      const isOurs = (): boolean => stopped || keeper.role !== 'follower';
      if (isOurs()) return await options.refresh(kinds);
      const asked = await store.ask(kinds);
      // Perhaps it is for us to read by now.
      if (isOurs()) return await options.refresh(kinds);
      await desk.wait(asked);
    },
    suspect() {
      const now = clock.monotonic();
      if (keeper.role !== 'follower' || now < suspectedAt + SUSPICION_GAP_MS) return;
      suspectedAt = now;
      void store.ask(['suspicion']).catch(() => undefined);
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      timer?.cancel();
      endNews();
      keeper.stop();
      joined();
      // Nobody tells us any more that it has been read.
      desk.takeBack();
      await turning;
      await leadership.giveBack();
      options.onStopped?.();
    },
  };
}
