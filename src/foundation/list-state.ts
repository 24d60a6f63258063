import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { ApiError } from './api-error.js';
import type { Plan } from './inventory.js';
import type { ResourceTypes } from './parse-resource.js';
import type { ResourceKind } from './resources.js';

export interface ListStateOptions {
  readonly refreshMs: Milliseconds;
  /** First wait after a failure; doubled with each further one. */
  readonly backoffMs: Milliseconds;
  readonly clock: Clock;
  /** 0 to 1; spreads what many replicas would else do at the same moment. */
  readonly random: () => number;
}

/** Failures are never asked about less often than this, however long the interval of the list. */
const LONGEST_BACKOFF_MS: Milliseconds = 60_000;

/** One kind of list: what it said last, how old that is, and when to ask again. */
export interface ListState<K extends ResourceKind> {
  readonly elements: ReadonlyMap<string, ResourceTypes[K]> | undefined;
  /** The plan that the elements were asked for by. */
  readonly plan: Plan | undefined;
  readonly ageMs: Milliseconds | undefined;
  readonly failures: number;
  readonly error: ApiError | undefined;
  /** Monotonic time of the next question. */
  readonly dueAt: Milliseconds;
  /** True when due, or so nearly that it may go along with others that are. */
  isDue(): boolean;
  succeeded(elements: ReadonlyMap<string, ResourceTypes[K]>, plan: Plan, askedAt: Milliseconds): void;
  /** Somebody else has read them then, by the monotonic clock; they are due when they would be had we. */
  adopt(elements: ReadonlyMap<string, ResourceTypes[K]>, plan: Plan, askedAt: Milliseconds): void;
  failed(error: ApiError): void;
  /** Brings the next question forward; a pause that a failure or the server asked for still holds. */
  hasten(at: Milliseconds): void;
  /** Asks at once, whatever pause is on: somebody asked us to. */
  demand(): void;
}

/** Share of the interval by which a list may be early, so that lists of one interval stay together. */
const COMPANY = 0.2;

export function createListState<K extends ResourceKind>(options: ListStateOptions): ListState<K> {
  const { clock, refreshMs } = options;
  let elements: ReadonlyMap<string, ResourceTypes[K]> | undefined;
  let plan: Plan | undefined;
  let readAt: Milliseconds | undefined;
  let failures = 0;
  let error: ApiError | undefined;
  let dueAt = clock.monotonic();

  function take(fresh: ReadonlyMap<string, ResourceTypes[K]>, byPlan: Plan, askedAt: Milliseconds): void {
    elements = fresh;
    plan = byPlan;
    readAt = askedAt;
    failures = 0;
    error = undefined;
  }

  function interval(): Milliseconds {
    return refreshMs * (0.95 + 0.1 * options.random());
  }

  return {
    get elements() {
      return elements;
    },
    get plan() {
      return plan;
    },
    get ageMs() {
      return readAt === undefined ? undefined : clock.monotonic() - readAt;
    },
    get failures() {
      return failures;
    },
    get error() {
      return error;
    },
    get dueAt() {
      return dueAt;
    },
    isDue() {
      const early = failures === 0 ? refreshMs * COMPANY : 0;
      return clock.monotonic() >= dueAt - early;
    },
    succeeded(fresh, byPlan, askedAt) {
      // Somebody else may have asked later, and we have adopted that meanwhile.
      if (readAt === undefined || askedAt >= readAt) take(fresh, byPlan, askedAt);
      dueAt = clock.monotonic() + interval();
    },
    adopt(fresh, byPlan, askedAt) {
      take(fresh, byPlan, askedAt);
      dueAt = Math.max(clock.monotonic(), askedAt + interval());
    },
    failed(reason) {
      failures += 1;
      error = reason;
      const longest = Math.max(options.backoffMs, Math.min(LONGEST_BACKOFF_MS, refreshMs));
      const backoffMs = Math.min(options.backoffMs * 2 ** Math.min(failures - 1, 20), longest);
      const waitMs = Math.max(backoffMs * (1 + 0.5 * options.random()), reason.retryAfterMs ?? 0);
      dueAt = clock.monotonic() + waitMs;
    },
    hasten(at) {
      if (failures === 0) dueAt = Math.min(dueAt, at);
    },
    demand() {
      dueAt = Math.min(dueAt, clock.monotonic());
    },
  };
}
