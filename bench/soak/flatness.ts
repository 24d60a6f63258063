import { median, quantile } from '../support/statistics.js';

/** A value at a moment, in minutes. */
export interface Point {
  readonly minute: number;
  readonly value: number;
}

/** What counts as flat: what a line certainly grew over the time that is judged stays below the larger of the two. */
export interface Bound {
  /** Of the line's median. */
  readonly share: number;
  /** In the unit of the line. */
  readonly amount: number;
}

export interface Flatness {
  readonly median: number;
  /** Over the time that is judged. */
  readonly growth: number;
  /** The least that the growth is, with 95 % confidence: lines that swing rise and fall a little by chance. */
  readonly certainGrowth: number;
  readonly allowed: number;
  readonly isFlat: boolean;
}

/** Warming up is not growth: machine code, connections and buffers come to what they will be in the first third. */
export const JUDGED_SHARE = 2 / 3;

/**
 * The slope of the last two thirds by Theil and Sen, the median of the slopes of all pairs: a single outlier, such as a
 * busy moment of the machine, does not bend it. A rise counts where it is certain.
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
  const minutes = last - (judged[0]?.minute ?? last);
  const growth = slopePerMinute * minutes;
  const certainGrowth = leastSlope(slopes, judged.length) * minutes;
  const allowed = Math.max(share * middle, amount);
  return { median: middle, growth, certainGrowth, allowed, isFlat: certainGrowth <= allowed };
}

/** Of the normal distribution, two-sided 95 %. */
const CONFIDENT = 1.96;

/** The lower end of Sen's confidence interval, by the variance of Kendall's S. */
function leastSlope(slopes: readonly number[], points: number): number {
  if (slopes.length === 0) return 0;
  const spread = CONFIDENT * Math.sqrt((points * (points - 1) * (2 * points + 5)) / 18);
  return quantile(slopes, Math.max(0, (slopes.length - spread) / 2 / slopes.length));
}
