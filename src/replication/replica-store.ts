import type { Milliseconds } from '../base/duration.js';
import { CodedError } from '../base/errors.js';
import type { ResourceKind } from '../foundation/resources.js';
import type { SharedHead } from './shared-head.js';

/** What replicas ask of the one that reads: these lists anew, a doubt about processes, the value once more. */
export type Wish = ResourceKind | 'suspicion' | 'value';

/** By wish, how often it was asked for; the numbers only ever grow, also when the store has lost them. */
export type Wishes = Readonly<Partial<Record<Wish, number>>>;

/** What lies in the store. */
export interface Stored {
  readonly head: SharedHead | undefined;
  /** Of the value beside it; 0 where there is none. */
  readonly valueBytes: number;
}

/** What a replica sees when it looks. */
export interface Look extends Stored {
  /** `leftMs` is infinite for what never ends by itself, which no replica writes. */
  readonly lease: { readonly holder: string; readonly fence: number; readonly leftMs: Milliseconds } | undefined;
}

/** What the holder of the lease sees when it renews it. */
export interface Renewed extends Stored {
  readonly wishes: Wishes;
}

export interface Acquired {
  /** Higher than that of any lease before, and than what the caller says that it has seen. */
  readonly fence: number;
  readonly head: SharedHead | undefined;
}

/** A lease as its holder names it. */
export interface HeldLease {
  readonly holder: string;
  readonly fence: number;
}

/**
 * What the replicas of one installation share, of one foundation. Each call is one step that happens whole or not at all
 * and ends within a time limit.
 *
 * @throws {StoreError} from every call that waits
 */
export interface ReplicaStore {
  /**
   * A lease below `seenFence` is of a store that has lost its memory: it ends by this. One that would last longer than it
   * was given for is of a clock that went back: it is cut to its length.
   */
  look(seenFence: number): Promise<Look>;
  /** Undefined when somebody holds it. */
  acquire(holder: string, seenFence: number): Promise<Acquired | undefined>;
  /** Undefined when the lease is no longer the caller's. */
  renew(lease: HeldLease): Promise<Renewed | undefined>;
  /** Ends a lease, if it is the caller's, and tells the others. */
  release(lease: HeldLease): Promise<void>;
  /** False, and nothing is written, when the lease is no longer the caller's. Tells the others. */
  put(lease: HeldLease, shared: { readonly head: SharedHead; readonly value?: Buffer }): Promise<boolean>;
  /** Both of the same moment. */
  fetch(): Promise<{ readonly head: SharedHead; readonly value: Buffer } | undefined>;
  /** Counts these up, and tells the others. */
  ask(wishes: readonly Wish[]): Promise<Wishes>;
  /** What a step waits for that takes long, as a sentence: the place, never a secret. Throws nothing. */
  silence(): string;
  /** Called when there may be news; returns how to end that. */
  onNews(listener: () => void): () => void;
}

export type StoreErrorCode =
  /** No connection. */
  | 'away'
  /** Connected, but silent for too long. */
  | 'late'
  /** User or password is refused, or the user may not do this. */
  | 'denied'
  /** It takes no more data. */
  | 'full'
  /** It is a copy of another one, or cannot save. */
  | 'read_only'
  /** Something else that it answers. */
  | 'answer';

/** A step that the store did not do. */
export class StoreError extends CodedError<StoreErrorCode> {}

export const STORE_ERROR_CODES = [
  'away',
  'late',
  'denied',
  'full',
  'read_only',
  'answer',
] as const satisfies readonly StoreErrorCode[];
