import type { Clock } from '../../../src/base/clock.js';
import {
  type HeldLease,
  type ReplicaStore,
  type Stored,
  StoreError,
  type StoreErrorCode,
  type Wish,
} from '../../../src/replication/replica-store.js';
import type { SharedHead } from '../../../src/replication/shared-head.js';

/** What a store does to one replica: its part, nothing, or its part without saying so. */
export type Behaviour = 'fine' | StoreErrorCode | 'answer lost';

/** A store in memory that does what the scripts do, on a clock of the test's. */
export interface MemoryServer {
  /** As one replica reaches it. */
  connect(behaviour: () => Behaviour): ReplicaStore;
  /** It has lost its memory. */
  empty(): void;
  /** Keeps a copy, in the place of the one before. */
  save(): void;
  /** It is put back to that copy; nothing, where there is none. */
  restore(): void;
  /** It has made room. */
  loseHead(): void;
  loseValue(): void;
  readonly head: SharedHead | undefined;
  /** Holder of the lease that has not run out. */
  readonly leader: string | undefined;
  /** Writings whose number was below that of what they replaced: there may be none. */
  readonly wentBack: number;
}

interface Contents {
  lease: (HeldLease & { expiresAt: number }) | undefined;
  fence: number;
  head: SharedHead | undefined;
  value: Buffer | undefined;
  readonly wishes: Map<Wish, number>;
}

export function createMemoryServer(clock: Clock, leaseMs: number): MemoryServer {
  const listeners = new Set<() => void>();
  let wentBack = 0;
  let contents = nothing();
  let saved: Contents | undefined;

  function leaseNow(): Contents['lease'] {
    if (contents.lease !== undefined && contents.lease.expiresAt <= clock.monotonic()) contents.lease = undefined;
    return contents.lease;
  }

  function isHeldBy({ holder, fence }: HeldLease): boolean {
    const lease = leaseNow();
    return lease !== undefined && lease.holder === holder && lease.fence === fence;
  }

  function stored(): Stored {
    return { head: contents.head, valueBytes: contents.value?.length ?? 0 };
  }

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }

  function connect(behaviour: () => Behaviour): ReplicaStore {
    async function step<T>(kind: 'read' | 'small' | 'write', work: () => T): Promise<T> {
      await Promise.resolve();
      const now = behaviour();
      const isRefused =
        now === 'away' || now === 'late' || now === 'denied' || now === 'answer'
          ? true
          : now === 'full'
            ? kind === 'write'
            : now === 'read_only' && kind !== 'read';
      if (isRefused)
        throw new StoreError(now === 'fine' || now === 'answer lost' ? 'away' : now, `the store is ${now}`);
      const result = work();
      await Promise.resolve();
      if (now === 'answer lost') throw new StoreError('late', 'the answer was lost');
      return result;
    }

    return {
      look: (seenFence) =>
        step('read', () => {
          const held = leaseNow();
          if (held !== undefined && held.fence < seenFence) contents.lease = undefined;
          const lease = leaseNow();
          const seen = lease && { ...lease, leftMs: lease.expiresAt - clock.monotonic() };
          return { lease: seen, ...stored() };
        }),
      acquire: (holder, seenFence) =>
        step('write', () => {
          if (leaseNow() !== undefined) return undefined;
          const fence = Math.max(contents.fence + 1, seenFence + 1, clock.now());
          contents.fence = fence;
          contents.lease = { holder, fence, expiresAt: clock.monotonic() + leaseMs };
          return { fence, head: contents.head };
        }),
      renew: (lease) =>
        step('small', () => {
          if (!isHeldBy(lease) || contents.lease === undefined) return undefined;
          contents.lease.expiresAt = clock.monotonic() + leaseMs;
          return { wishes: Object.fromEntries(contents.wishes), ...stored() };
        }),
      release: (lease) =>
        step('small', () => {
          if (!isHeldBy(lease)) return;
          contents.lease = undefined;
          tell();
        }),
      put: (lease, { head, value }) =>
        step('write', () => {
          if (!isHeldBy(lease)) return false;
          if (contents.head !== undefined && head.version.fence < contents.head.version.fence) wentBack += 1;
          contents.head = head;
          if (value !== undefined) contents.value = value;
          tell();
          return true;
        }),
      fetch: () =>
        step('read', () => {
          const { head, value } = contents;
          return head === undefined || value === undefined ? undefined : { head, value };
        }),
      ask: (wishes) =>
        step('write', () => {
          const numbers = wishes.map((wish) => {
            const number = Math.max((contents.wishes.get(wish) ?? 0) + 1, clock.now());
            contents.wishes.set(wish, number);
            return [wish, number] as const;
          });
          tell();
          return Object.fromEntries(numbers);
        }),
      silence: () => 'the store does not answer',
      onNews(listener) {
        const told = (): void => {
          if (behaviour() === 'fine') listener();
        };
        listeners.add(told);
        return () => listeners.delete(told);
      },
    };
  }

  return {
    connect,
    empty() {
      contents = nothing();
    },
    save() {
      saved = copyOf(contents);
    },
    restore() {
      if (saved !== undefined) contents = copyOf(saved);
    },
    loseHead() {
      contents.head = undefined;
    },
    loseValue() {
      contents.value = undefined;
    },
    get head() {
      return contents.head;
    },
    get leader() {
      return leaseNow()?.holder;
    },
    get wentBack() {
      return wentBack;
    },
  };
}

function copyOf({ lease, wishes, ...rest }: Contents): Contents {
  return { ...rest, lease: lease && { ...lease }, wishes: new Map(wishes) };
}

function nothing(): Contents {
  return { lease: undefined, fence: 0, head: undefined, value: undefined, wishes: new Map() };
}
