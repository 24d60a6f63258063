/** What was found about passwords, by keyed digests. */
export interface VerdictMemory {
  /** @param triple user, password and hash */
  get(triple: string): boolean | undefined;
  /** Whether user and password were right with any hash that the user has had. */
  wasRight(pair: string): boolean;
  set(question: { readonly pair: string; readonly triple: string }, isRight: boolean): void;
}

/** As many as exporter-toolkit remembers (facts/prometheus.md 7.1). */
const WRONG_ONES = 100;

/** More users with hashes than anybody has, and hashes that they had before. */
const RIGHT_ONES = 10_000;

/**
 * Right and wrong ones are bounded apart, so that no number of guesses pushes a right one out. Wrong ones are kept for a
 * scraper that goes on with an old password.
 */
export function createVerdictMemory(): VerdictMemory {
  const right = new Set<string>();
  const wrong = new Set<string>();
  const rightPairs = new Set<string>();
  return {
    get(triple) {
      if (right.has(triple)) return true;
      return wrong.has(triple) ? false : undefined;
    },
    wasRight: (pair) => rightPairs.has(pair),
    set({ pair, triple }, isRight) {
      if (!isRight) {
        remember(wrong, triple, WRONG_ONES);
        return;
      }
      remember(right, triple, RIGHT_ONES);
      remember(rightPairs, pair, RIGHT_ONES);
    },
  };
}

function remember(digests: Set<string>, digest: string, most: number): void {
  digests.add(digest);
  const [oldest] = digests;
  if (digests.size > most && oldest !== undefined) digests.delete(oldest);
}
