import { parseMediaType, qualityOf, splitClauses } from '../exposition/media-type.js';

const RANGES = ['application/json', 'application/*', '*/*'];

/** Whether a client takes JSON; the range that fits best decides (RFC 9110 12.5.1). One that says nothing takes all. */
export function acceptsJson(accept: string | undefined): boolean {
  const clauses = splitClauses(accept ?? '').map(parseMediaType);
  if (clauses.length === 0) return true;
  for (const range of RANGES) {
    const clause = clauses.find(({ type }) => type === range);
    if (clause !== undefined) return qualityOf(clause.parameters.get('q')) > 0;
  }
  return false;
}
