/** Verdicts by subject, of which the oldest that were not asked for go when there are too many. */
export interface Verdicts {
  get(subject: string): boolean | undefined;
  set(subject: string, verdict: boolean): void;
}

/** Keeps `limit` verdicts at least, and twice as many at most: two generations, each of which can be dropped at once. */
export function createVerdicts(limit: number): Verdicts {
  let young = new Map<string, boolean>();
  let old = new Map<string, boolean>();
  const set = (subject: string, verdict: boolean): void => {
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(subject, verdict);
  };
  return {
    set,
    get(subject) {
      const known = young.get(subject);
      if (known !== undefined) return known;
      const older = old.get(subject);
      if (older !== undefined) set(subject, older);
      return older;
    },
  };
}
