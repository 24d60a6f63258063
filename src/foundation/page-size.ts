import type { ResourceKind } from './resources.js';

/** Elements asked for at a time, by kind: less while large pages come too late. */
export interface PageSizes {
  of(kind: ResourceKind): number;
  /** A page of the present size came, which proves that it can be had. */
  answered(kind: ResourceKind): void;
  /** A list was read to its end. */
  completed(kind: ResourceKind): void;
  /** A page came too late: the size from now on, or undefined when it stays. */
  late(kind: ResourceKind): number | undefined;
}

const SMALLEST_PAGE = 50;
/** More than that the API refuses (facts/cloud-foundry.md 3.1). */
const LARGEST_PAGE = 5_000;

/** Organizations and spaces are less than half the size of the others, and their lists are always asked for whole. */
const SMALL_KINDS: ReadonlySet<ResourceKind> = new Set(['organizations', 'spaces']);

/** What made pages late may be over: a larger one is tried after this many complete readings. */
const READINGS_BEFORE_GROWTH = 10;

interface Reduced {
  readonly size: number;
  /** While false a late page says nothing about its size: it may be that nothing is answered at all. */
  readonly isProven: boolean;
  readonly readings: number;
}

/** @param usual the configured size; that of organizations and spaces is twice that */
export function createPageSizes(usual: number): PageSizes {
  const reduced = new Map<ResourceKind, Reduced>();

  function configured(kind: ResourceKind): number {
    return Math.min(SMALL_KINDS.has(kind) ? usual * 2 : usual, LARGEST_PAGE);
  }

  function sizeOf(kind: ResourceKind): number {
    return reduced.get(kind)?.size ?? configured(kind);
  }

  return {
    of: sizeOf,
    answered(kind) {
      const state = reduced.get(kind);
      if (state?.isProven === false) reduced.set(kind, { ...state, isProven: true });
    },
    completed(kind) {
      const state = reduced.get(kind);
      if (state === undefined) return;
      const readings = state.readings + 1;
      if (readings < READINGS_BEFORE_GROWTH) reduced.set(kind, { ...state, readings });
      else if (state.size * 2 >= configured(kind)) reduced.delete(kind);
      else reduced.set(kind, { size: state.size * 2, isProven: true, readings: 0 });
    },
    late(kind) {
      const size = sizeOf(kind);
      if (size <= SMALLEST_PAGE || reduced.get(kind)?.isProven === false) return undefined;
      const smaller = Math.max(SMALLEST_PAGE, Math.floor(size / 2));
      reduced.set(kind, { size: smaller, isProven: false, readings: 0 });
      return smaller;
    },
  };
}
