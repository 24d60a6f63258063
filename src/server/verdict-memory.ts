/** Which pairs of user and password were right or wrong, by keyed digest. */
export interface VerdictMemory {
  get(pair: string): boolean | undefined;
  set(pair: string, isRight: boolean): void;
}

/** As many as exporter-toolkit remembers (facts/prometheus.md 7.1). */
const WRONG_ONES = 100;

/**
 * Right and wrong pairs are bounded apart, so that no number of guesses pushes a right one out. Wrong ones are kept for a
 * scraper that goes on with an old password.
 */
export function createVerdictMemory(rightOnes: number): VerdictMemory {
  const right = new Set<string>();
  const wrong = new Set<string>();
  return {
    get(pair) {
      if (right.has(pair)) return true;
      return wrong.has(pair) ? false : undefined;
    },
    set(pair, isRight) {
      if (isRight) remember(right, pair, rightOnes);
      else remember(wrong, pair, WRONG_ONES);
    },
  };
}

function remember(pairs: Set<string>, pair: string, most: number): void {
  pairs.add(pair);
  const [oldest] = pairs;
  if (pairs.size > most && oldest !== undefined) pairs.delete(oldest);
}
