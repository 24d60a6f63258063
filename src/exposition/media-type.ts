/** A media type or range with its parameters, as it stands in Content-Type or in one clause of Accept. */
export interface MediaType {
  /** Lower case, `type/subtype`; empty when the text holds none. */
  readonly type: string;
  /** By lower-case name; of a name that stands twice (Prometheus 3.0–3.2 sends such) the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** RFC 9110 5.6.2: what a type, a subtype and a parameter's name consist of. */
const TYPE = /^\s*([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+)\s*(?=[;,]|$)/;
const PARAMETER = /;\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))/g;

/**
 * How a clause of a list ends; a comma inside of quotes does not end it. Quotes that nobody closes reach to the end:
 * to try them again as something else would cost the square of the header's length.
 */
const CLAUSE = /(?:[^,"]|"(?:[^"\\]|\\[\s\S])*(?:"|\\?$))+/g;

/**
 * Reads what it can: headers come from applications and proxies of all kinds, so nothing here throws, and what cannot
 * be read is left out.
 */
export function parseMediaType(text: string): MediaType {
  const type = TYPE.exec(text)?.[1]?.toLowerCase() ?? '';
  const parameters = new Map<string, string>();
  if (!text.includes('=')) return { type, parameters };
  for (const [, name = '', quoted, plain = ''] of text.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
  }
  return { type, parameters };
}

/** The clauses of a header that is a list, such as Accept, without the blanks around them. */
export function splitClauses(header: string): string[] {
  const clauses = header.includes('"') ? (header.match(CLAUSE) ?? []) : header.split(',');
  return clauses.map((clause) => clause.trim()).filter((clause) => clause !== '');
}

/** RFC 9110 12.4.2, tolerant: absent or unreadable is 1, beyond the range (2.49.0 sends `q=2`) is its end. */
export function qualityOf(text: string | undefined): number {
  const quality = text === undefined || text === '' ? 1 : Number(text);
  return Number.isNaN(quality) ? 1 : Math.min(1, Math.max(0, quality));
}
