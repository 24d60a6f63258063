import type { Milliseconds } from '../../src/base/duration.js';

// What the processes of a soak tell each other. Times are those of the wall clock, which they share; an instance is
// called by `<application guid>/<index>`, the end of its target's path.

/** An application answered one request in a way of its own. */
export interface Strike {
  readonly instance: string;
  readonly atMs: Milliseconds;
  /** Name of an `ApplicationFault`. */
  readonly fault: string;
  /** The instance was asked once more at once: on a fresh connection, or since it had said where to ask. */
  readonly askedAgain: boolean;
}

/** A deployment and the like: why instances may fail, and targets come and go, for a while. */
export interface Change {
  readonly id: number;
  readonly what: string;
  /** What is there only since then fails for one reason alone: a program that was killed may have to find it anew. */
  readonly effect: 'instances go' | 'instances come';
  readonly app: string;
  readonly fromIndex: number;
  /** Not included; infinite: all from the first on. */
  readonly toIndex: number;
  readonly fromMs: Milliseconds;
  /** Undefined while it goes on. */
  readonly untilMs: Milliseconds | undefined;
}

/** A scrape that did not give the instance's own series, whole, with 200. */
export interface OddScrape {
  readonly instance: string;
  readonly sentMs: Milliseconds;
  readonly endedMs: Milliseconds;
  readonly status: number;
  readonly ending: 'whole' | 'broken' | 'aborted';
  /** The caller had a connection to send it on, in time. */
  readonly isSent: boolean;
  /** Its last series is that of a whole answer of a faulty application. */
  readonly hasMark: boolean;
  /** Other instances that its series speak of. */
  readonly strangers: readonly string[];
  /** Beginning of what came. */
  readonly text: string;
}

/** A target that was listed and is not any more. */
export interface Departure {
  readonly instance: string;
  readonly atMs: Milliseconds;
}

/** What is there, for a comparison with what is discovered. */
export interface Standing {
  readonly app: string;
  readonly instances: number;
  readonly changedMs: Milliseconds;
}

/** What the caller saw since its last report. */
export interface CallerReport {
  readonly scrapes: number;
  readonly p50Ms: Milliseconds;
  readonly p99Ms: Milliseconds;
  readonly slowestMs: Milliseconds;
  readonly odd: readonly OddScrape[];
  readonly departures: readonly Departure[];
  /** Targets of the last list. */
  readonly targets: number;
  /** Lists that came with 200, and what came instead of one. */
  readonly lists: number;
  readonly failedLists: readonly FailedList[];
}

export interface FailedList {
  readonly atMs: Milliseconds;
  readonly endedMs: Milliseconds;
  /** It had not come after the time in which it is asked for again. */
  readonly isLate: boolean;
  readonly reason: string;
}

export interface FoundationReport {
  readonly strikes: readonly Strike[];
  /** Those that began or ended since the last report, as they are now. */
  readonly changes: readonly Change[];
  readonly standing: readonly Standing[];
}
