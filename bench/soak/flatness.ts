import { median } from '../support/statistics.js';

/** A value at a moment, in minutes. */
export interface Point {
  readonly minute: number;
  readonly value: number;
}

/** What counts as flat: all that a line grew over the time that is judged stays below the larger of the two. */
export interface Bound {
  /** Of the line's median. */
  readonly share: number;
  /** In the unit of the line. */
  readonly amount: number;
}

export interface Flatness {
  readonly median: number;
  readonly slopePerMinute: number;
  /** Over the time that is judged. */
  readonly growth: number;
  readonly allowed: number;
  readonly isFlat: boolean;
}

/** Warming up is not growth: machine code, connections and buffers come to what they will be in the first third. */
export const JUDGED_SHARE = 2 / 3;

/**
 * The slope of the last two thirds by Theil and Sen, the median of the slopes of all pairs: a single outlier, such as a
 * busy moment of the machine, does not bend it.
 */
export function judgeFlatness(points: readonly Point[], { share, amount }: Bound): Flatness {
  const last = points.at(-1)?.minute ?? 0;
  const first = points[0]?.minute ?? 0;
  const judged = points.filter(({ minute }) => minute >= last - (last - first) * JUDGED_SHARE);
  const slopes = judged.flatMap((one, index) =>
    judged.slice(index + 1).map((other) => (other.value - one.value) / (other.minute - one.minute)),
  );
  const middle = median(judged.map(({ value }) => value));
  const slopePerMinute = slopes.length === 0 ? 0 : median(slopes);
  const growth = slopePerMinute * (last - (judged[0]?.minute ?? last));
  const allowed = Math.max(share * middle, amount);
  return { median: middle, slopePerMinute, growth, allowed, isFlat: growth <= allowed };
}
