import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Log } from '../telemetry/log.js';
import { type HeldLease, type Renewed, type ReplicaStore, StoreError, type Wishes } from './replica-store.js';
import type { RoleKeeper } from './role-keeper.js';
import type { SharedCopy } from './shared-copy.js';
import type { SharedHead } from './shared-head.js';
import type { WishDesk } from './wish-desk.js';

export interface LeadershipOptions {
  readonly store: ReplicaStore;
  readonly replicaId: string;
  readonly leaseMs: Milliseconds;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly copy: SharedCopy;
  readonly desk: WishDesk;
  readonly keeper: RoleKeeper;
  readonly isStopped: () => boolean;
  /** The store has done what it was asked. */
  readonly onContact: () => void;
  readonly onSuspicion: () => void;
  readonly isBlind: () => boolean;
}

/** The lease, from taking it to giving it back, and what is done under it. */
export interface Leadership {
  readonly isHeld: boolean;
  /** Renews the lease, shares what is new, serves what is wished for. False when it is somebody else's. @throws {StoreError} */
  goOn(): Promise<boolean>;
  /** For the lease that nobody holds. Milliseconds until the next look. @throws {StoreError} */
  compete(): Promise<Milliseconds>;
  /**
   * A lease of ours that we do not know of: the answer that told us was lost, or what gave it back. Milliseconds until the
   * next look.
   *
   * @throws {StoreError}
   */
  keepOrGive(fence: number, head: SharedHead | undefined): Promise<Milliseconds>;
  /** Leaves the lease to others, if it is held. Never rejects. */
  giveBack(): Promise<void>;
}

/** Who does not hold the lease looks this often, since news may be lost. */
export const LOOK_EVERY_MS: Milliseconds = 2_000;
/** Share of the lease after which it is renewed: two may fail. */
export const RENEW_SHARE = 0.3;
/** Share of the lease that a leader believes in less than the store does: clocks run at different speeds. */
const MARGIN_SHARE = 0.1;
/** For so many leases at least a replica that could not write leaves the next one to others. */
const ABSTAIN_LEASES = 3;
/** Who is blind gives way no more often: where all are, the lease would never stay anywhere. */
const BLIND_GAP_MS: Milliseconds = 600_000;

export function createLeadership(options: LeadershipOptions): Leadership {
  const { store, replicaId, leaseMs, clock, random, log, copy, desk, keeper, isStopped } = options;
  let lease: HeldLease | undefined;
  /** Until when we believe in it, by our own monotonic clock. */
  let until: Milliseconds = 0;
  /** The newest value of before the lease has been looked at. */
  let caughtUp = false;
  let unsharedSince: Milliseconds | undefined;
  let abstainUntil = Number.NEGATIVE_INFINITY;
  let blindAt = Number.NEGATIVE_INFINITY;
  let wishedBefore: Wishes | undefined;

  async function begin(fence: number, head: SharedHead | undefined): Promise<Milliseconds> {
    lease = { holder: replicaId, fence };
    desk.inherit(head?.answered ?? {});
    unsharedSince = undefined;
    caughtUp = false;
    wishedBefore = undefined;
    await lead(lease);
    return leaseMs * RENEW_SHARE;
  }

  async function lead(held: HeldLease): Promise<boolean> {
    const renewed = await renew(held);
    if (renewed === undefined) return lost();
    heedNotes(renewed.wishes);
    if (shallBeReplaced()) return await giveWay(held);
    try {
      const isShared = await whileRenewing(held, share(held, renewed));
      if (!isShared || lease !== held) return lost();
    } catch (error) {
      await unshared(held, error);
      throw error;
    }
    unsharedSince = undefined;
    keeper.leads(until);
    desk.serve(renewed.wishes);
    return true;
  }

  async function renew(held: HeldLease): Promise<Renewed | undefined> {
    const askedAt = clock.monotonic();
    const renewed = await store.renew(held);
    options.onContact();
    if (renewed === undefined || lease !== held) return undefined;
    until = askedAt + leaseMs * (1 - MARGIN_SHARE);
    if (keeper.role === 'leader' && unsharedSince === undefined) keeper.leads(until);
    return renewed;
  }

  async function share(held: HeldLease, stored: Renewed): Promise<boolean> {
    if (caughtUp) copy.verify(stored);
    else await copy.catchUp(stored);
    caughtUp = true;
    return await copy.share(held, desk.answered);
  }

  /** A value may take as long as the lease, or have to wait for those of other foundations; a lease that is lost is found out by what writes it. */
  async function whileRenewing<T>(held: HeldLease, work: Promise<T>): Promise<T> {
    let timer: Timer | undefined;
    let isOver = false;
    const wait = (): void => {
      if (!isOver && !isStopped()) timer = clock.after(leaseMs * RENEW_SHARE, again);
    };
    const again = (): void => {
      renew(held)
        .then((renewed) => {
          if (keeper.role === 'leader' && renewed !== undefined) desk.serve(renewed.wishes);
        })
        .catch((error: unknown) => log.debug('the lease could not be renewed', { error }))
        .finally(wait);
    };
    wait();
    try {
      return await work;
    } finally {
      isOver = true;
      timer?.cancel();
    }
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

  function isAbstaining(): boolean {
    return isStopped() || clock.monotonic() < abstainUntil;
  }

  return {
    get isHeld() {
      return lease !== undefined;
    },
    goOn: async () => lease !== undefined && (await lead(lease)),
    async compete() {
      if (isAbstaining()) return LOOK_EVERY_MS;
      const acquired = await store.acquire(replicaId, copy.version.fence);
      if (acquired === undefined) return LOOK_EVERY_MS / 4;
      return await begin(acquired.fence, acquired.head);
    },
    async keepOrGive(fence, head) {
      if (!isAbstaining()) return await begin(fence, head);
      await store.release({ holder: replicaId, fence });
      return LOOK_EVERY_MS;
    },
    async giveBack() {
      if (lease === undefined) return;
      const held = lease;
      lease = undefined;
      await store.release(held).catch((error: unknown) => log.debug('the lease could not be given back', { error }));
    },
  };
}
