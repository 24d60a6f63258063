import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError } from '../base/errors.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import type { ResourceKind } from '../foundation/resources.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';
import { type HeldLease, type ReplicaStore, StoreError, type StoreErrorCode, type Wishes } from './replica-store.js';
import { createRoleKeeper, type ReplicaRole } from './role-keeper.js';
import { createSharedCopy } from './shared-copy.js';
import type { SharedHead, Version } from './shared-head.js';
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

/** Followers look this often, since news may be lost. */
const LOOK_EVERY_MS: Milliseconds = 2_000;
/** Share of the lease after which it is renewed: two may fail. */
const RENEW_SHARE = 0.3;
/** Share of the lease that a leader believes in less than the store does: clocks run at different speeds. */
const MARGIN_SHARE = 0.1;
/** For so many leases at least a replica that could not write leaves the next one to others. */
const ABSTAIN_LEASES = 3;
const SUSPICION_GAP_MS: Milliseconds = 10_000;
/** Who is blind gives way no more often: where all are, the lease would never stay anywhere. */
const BLIND_GAP_MS: Milliseconds = 600_000;

export function createReplication(options: ReplicationOptions): Replication {
  const { store, replicaId, leaseMs, clock, random, log, observe } = options;
  const repeats = createRepeats(clock);
  const copy = createSharedCopy({ ...options, codec: options.codec ?? inventoryCodec, onUnusable });
  const desk = createWishDesk({ refresh: options.refresh, onAnswered: wake });
  const keeper = createRoleKeeper({ ...options, isInformed: () => options.known() !== undefined, onRole });
  let joined: () => void = () => undefined;
  const joining = new Promise<void>((resolve) => {
    joined = resolve;
  });
  let lease: HeldLease | undefined;
  /** The newest value of before the lease has been looked at. */
  let caughtUp = false;
  let timer: Timer | undefined;
  let turning: Promise<void> | undefined;
  let again = false;
  let stopped = true;
  let endNews: () => void = () => undefined;
  let leader = '';
  let failure: unknown;
  let contactAt: Milliseconds | undefined;
  let unsharedSince: Milliseconds | undefined;
  let abstainUntil = Number.NEGATIVE_INFINITY;
  let blindAt = Number.NEGATIVE_INFINITY;
  let suspectedAt = Number.NEGATIVE_INFINITY;
  let resentAt = Number.NEGATIVE_INFINITY;
  let wishedBefore: Wishes | undefined;

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
    if (lease !== undefined) {
      const stays = await lead(lease);
      if (stays) return leaseMs * RENEW_SHARE;
    }
    return await follow();
  }

  /** False when the lease is somebody else's. */
  async function lead(held: HeldLease): Promise<boolean> {
    const until = clock.monotonic() + leaseMs * (1 - MARGIN_SHARE);
    const wished = await store.renew(held);
    contacted();
    if (wished === undefined) return lost();
    try {
      if (!caughtUp) await copy.catchUp();
      caughtUp = true;
      if (keeper.role === 'leader' && unsharedSince === undefined) keeper.leads(until);
      heedNotes(wished);
      if (shallBeReplaced()) return await giveWay(held);
      if (!(await copy.share(held, desk.answered))) return lost();
      unsharedSince = undefined;
    } catch (error) {
      await unshared(held, error);
      throw error;
    }
    keeper.leads(until);
    desk.serve(wished);
    return true;
  }

  function lost(): false {
    lease = undefined;
    keeper.ends();
    return false;
  }

  /** Who cannot share is no leader, even where it can renew: the others would wait for it, or go on with what is old. */
  async function unshared(held: HeldLease, error: unknown): Promise<void> {
    const now = clock.monotonic();
    unsharedSince ??= now;
    const isRefused = error instanceof StoreError && error.code !== 'away' && error.code !== 'late';
    if ((!isRefused || keeper.role === 'leader') && now - unsharedSince < leaseMs) return;
    await giveWay(held);
  }

  /** Blind, and it is time to see whether another replica sees more. */
  function shallBeReplaced(): boolean {
    const now = clock.monotonic();
    if (now < blindAt + BLIND_GAP_MS || !options.isBlind()) return false;
    blindAt = now;
    log.warn('Cloud Foundry cannot be reached from here, so another replica is to read it');
    return true;
  }

  async function giveWay(held: HeldLease): Promise<false> {
    unsharedSince = undefined;
    abstainUntil = clock.monotonic() + leaseMs * ABSTAIN_LEASES * (1 + random());
    lost();
    await store.release(held);
    return false;
  }

  /** What is said to a leader beside wishes for lists; of before its time it does not count. */
  function heedNotes(wished: Wishes): void {
    const before = wishedBefore ?? wished;
    wishedBefore = wished;
    if ((wished.value ?? 0) > (before.value ?? 0)) copy.forget();
    if ((wished.suspicion ?? 0) > (before.suspicion ?? 0)) options.onSuspicion();
  }

  async function follow(): Promise<Milliseconds> {
    const { lease: seen, head } = await store.look(copy.version.fence);
    contacted();
    if (seen === undefined) return await compete();
    if (seen.holder === replicaId) return await keepOrGive(seen.fence, head);
    if (head !== undefined && head.version.fence === seen.fence) {
      leader = seen.holder;
      const outcome = await copy.heed(head);
      if (outcome !== 'unusable') keeper.follows();
      if (outcome === 'whole') desk.hear(head.answered);
    }
    return Math.min(LOOK_EVERY_MS, seen.leftMs + 100 * random());
  }

  /** A lease of ours that we do not know of: the answer that told us was lost, or what gave it back. */
  async function keepOrGive(fence: number, head: SharedHead | undefined): Promise<Milliseconds> {
    if (!isAbstaining()) return await begin(fence, head);
    await store.release({ holder: replicaId, fence });
    return LOOK_EVERY_MS;
  }

  async function compete(): Promise<Milliseconds> {
    if (isAbstaining()) return LOOK_EVERY_MS;
    const acquired = await store.acquire(replicaId, copy.version.fence);
    if (acquired === undefined) return LOOK_EVERY_MS / 4;
    return await begin(acquired.fence, acquired.head);
  }

  function isAbstaining(): boolean {
    return stopped || clock.monotonic() < abstainUntil;
  }

  async function begin(fence: number, head: SharedHead | undefined): Promise<Milliseconds> {
    lease = { holder: replicaId, fence };
    desk.inherit(head?.answered ?? {});
    unsharedSince = undefined;
    caughtUp = false;
    wishedBefore = undefined;
    await lead(lease);
    return leaseMs * RENEW_SHARE;
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

  /** Why there is nobody to follow, where nothing has failed yet. */
  function silence(): string {
    const silentMs = clock.monotonic() - (contactAt ?? Number.NEGATIVE_INFINITY);
    if (silentMs > leaseMs * RENEW_SHARE && turning !== undefined) return 'the store does not answer';
    return 'no replica shares what it reads';
  }

  function onRole(role: ReplicaRole): void {
    if (role === 'alone') {
      const reason = failure === undefined ? silence() : describeError(failure);
      log.warn('this replica reads Cloud Foundry by itself, since it cannot share', { reason });
    } else if (role === 'leader') log.info('this replica reads Cloud Foundry for all');
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
      if (lease !== undefined) wake();
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
      if (lease === undefined) return;
      await store.release(lease).catch((error: unknown) => log.debug('the lease could not be given back', { error }));
      lease = undefined;
    },
  };
}
