import type { Clock } from '../base/clock.js';
import type { Log } from '../telemetry/log.js';
import { createRepeats } from '../telemetry/repeats.js';
import { ApiError } from './api-error.js';
import type { ResourceTypes } from './parse-resource.js';
import type { ResourceKind } from './resources.js';

type Elements<K extends ResourceKind> = ReadonlyMap<string, ResourceTypes[K]>;

/** What came of asking a second time after a list that had shrunk suspiciously. */
export type ShrinkResult =
  /** The second listing says the same: it is so. */
  | 'confirmed'
  /** The second one is as long as the list used to be. */
  | 'refuted'
  /** The two say different things: neither is believed. */
  | 'unclear';

export interface Listings<K extends ResourceKind> {
  readonly before: Elements<K>;
  readonly first: Elements<K>;
  readonly second: Elements<K>;
}

/** Applications come and go between two listings: up to this share of the list, or one element, they may differ. */
const DIFFERENCE = 0.01;

/**
 * Whether so many elements are gone that a list is to be asked for a second time: more than `share` of them, or all.
 *
 * There is no lower bound for small lists: the second listing of what has shrunk is a page or so, and the loss of one of
 * two domains takes as many targets away as that of a thousand applications. With a share of 1 only emptiness counts.
 */
export function isSuspicious<K extends ResourceKind>(before: Elements<K>, now: Elements<K>, share: number): boolean {
  if (before.size === 0) return false;
  return now.size === 0 || before.size - now.size > before.size * share;
}

export function judge<K extends ResourceKind>({ before, first, second }: Listings<K>, share: number): ShrinkResult {
  if (!isSuspicious(before, second, share)) return 'refuted';
  const onlyFirst = [...first.keys()].filter((guid) => !second.has(guid)).length;
  const onlySecond = second.size - (first.size - onlyFirst);
  return onlyFirst + onlySecond <= Math.max(1, before.size * DIFFERENCE) ? 'confirmed' : 'unclear';
}

export interface ShrinkGuardOptions {
  /** Share of a list that may be lost from one reading to the next without a second one; 1 is all but the last element. */
  readonly shares: Readonly<Record<ResourceKind, number>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: { shrunk(kind: ResourceKind, result: ShrinkResult): void };
}

/** Prometheus drops at once what is no longer listed: of a list that has lost much, one answer is not enough. */
export interface ShrinkGuard {
  /**
   * What `fetch` says, asked a second time at once where that is much less than `before`.
   *
   * @throws {ApiError} `list_incomplete` when the two differ, and what `fetch` throws
   */
  read<K extends ResourceKind>(
    kind: K,
    before: Elements<K> | undefined,
    fetch: () => Promise<Elements<K>>,
  ): Promise<Elements<K>>;
}

export function createShrinkGuard({ shares, clock, log, observe }: ShrinkGuardOptions): ShrinkGuard {
  const refutations = createRepeats(clock);

  function tell(kind: ResourceKind, result: ShrinkResult, sizes: Readonly<Record<string, number>>): void {
    observe.shrunk(kind, result);
    if (result === 'confirmed')
      log.warn('a list has shrunk a lot, and a second reading says the same', { kind, ...sizes });
    if (result !== 'refuted') return;
    const times = refutations.occurred(kind);
    if (times === undefined) return;
    log.warn('a list had shrunk a lot, but a second reading says otherwise and counts', { kind, ...sizes, times });
  }

  return {
    async read(kind, before, fetch) {
      const first = await fetch();
      const share = shares[kind];
      if (before === undefined || !isSuspicious(before, first, share)) return first;
      const second = await fetch().catch((error) => {
        observe.shrunk(kind, 'unclear');
        throw error;
      });
      const result = judge({ before, first, second }, share);
      const sizes = { before: before.size, first: first.size, second: second.size };
      tell(kind, result, sizes);
      if (result !== 'unclear') return second;
      const sentence = `listing ${kind}: ${sizes.before} elements were known, and two readings in a row differ, of ${sizes.first} and ${sizes.second}`;
      throw new ApiError('list_incomplete', sentence);
    },
  };
}
