/** One entity tag of a list: RFC 9110 8.8.3. A comma may stand within the quotes. */
const TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/**
 * Whether `If-None-Match` names this tag (RFC 9110 13.1.2): by weak comparison, or by `*`, which names whatever there is.
 *
 * @param tag strong, with its quotes
 */
export function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  for (const [, opaque] of ifNoneMatch.matchAll(TAG)) if (opaque === tag) return true;
  return false;
}
