import { parseMediaType, qualityOf, splitClauses } from './media-type.js';

/**
 * Programs that read a gzip body of several members whole, by how their User-Agent begins. All of them are Go programs
 * that read through a `gzip.Reader`, whose multistream mode is on unless switched off: Prometheus itself (tried on 2.42,
 * 2.53 and 3.5, facts/prometheus.md 2.4) and those that embed its scraper or scrape by the same library. curl stops
 * with an error after the first member, browsers and others do too (facts/limits.md 6), so the unknown get identity.
 */
const MEMBER_READERS = [
  'Prometheus/',
  'vm_promscrape',
  'Alloy/',
  'GrafanaAgent/',
  'OpenTelemetry Collector',
  'otelcol',
] as const;

/** Whether gzip may be sent to this caller at all. No header means identity only, as scrapers mean it. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  if (acceptEncoding === 'gzip') return true;
  let any = false;
  for (const clause of splitClauses(acceptEncoding)) {
    const semicolon = clause.indexOf(';');
    const coding = (semicolon < 0 ? clause : clause.slice(0, semicolon)).trim().toLowerCase();
    const accepted = semicolon < 0 || qualityOf(parseMediaType(clause.slice(semicolon)).parameters.get('q')) > 0;
    if (coding === 'gzip' || coding === 'x-gzip') return accepted;
    if (coding === '*') any = accepted;
  }
  return any;
}

/** Whether own samples may ride along as a gzip member of their own. */
export function readsGzipMembers(userAgent: string | undefined): boolean {
  return userAgent !== undefined && MEMBER_READERS.some((start) => userAgent.startsWith(start));
}
