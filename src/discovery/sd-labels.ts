import { formatPrometheusDuration } from '../base/prometheus-duration.js';
import type { Metadata } from '../foundation/resources.js';
import type { TargetApplication } from './directory.js';

/** What only relabelling sees. Volatile things may stand nowhere else (facts/prometheus.md 1.2). */
export const META_PREFIX = '__meta_promregator_target_';

/** Longest value taken over from an application's own labels and annotations, in UTF-16 units. */
const LONGEST_VALUE = 256;

/**
 * Labels that all instances of an application share, in the order in which they are written. Names follow the 2.x
 * rule `[a-zA-Z_][a-zA-Z0-9_]*`, since one other name makes Prometheus refuse the whole list.
 */
export function applicationLabels(app: TargetApplication): ReadonlyMap<string, string> {
  return new Map([
    ...timingLabels(app),
    [`${META_PREFIX}orgName`, app.organizationName],
    [`${META_PREFIX}spaceName`, app.spaceName],
    [`${META_PREFIX}applicationName`, app.name],
    [`${META_PREFIX}applicationId`, app.guid],
    [`${META_PREFIX}orgGuid`, app.organizationGuid],
    [`${META_PREFIX}spaceGuid`, app.spaceGuid],
    [`${META_PREFIX}processGuid`, app.processGuid],
    [`${META_PREFIX}route`, app.route],
    [`${META_PREFIX}domain`, app.domain],
    [`${META_PREFIX}foundation`, app.foundation],
    ...metadataLabels('app_label_', app.labels),
    ...metadataLabels('app_annotation_', app.annotations),
  ]);
}

/** In place of the job's own; always both, since Prometheus drops a target whose time-out is above its interval. */
function timingLabels({
  scrapeIntervalMs,
  scrapeTimeoutMs,
}: TargetApplication): readonly (readonly [string, string])[] {
  if (scrapeIntervalMs === undefined || scrapeTimeoutMs === undefined) return [];
  return [
    ['__scrape_interval__', formatPrometheusDuration(scrapeIntervalMs)],
    ['__scrape_timeout__', formatPrometheusDuration(scrapeTimeoutMs)],
  ];
}

/** Of two names that become one, the first by code units is kept, whatever order the API gave them in. */
function metadataLabels(kind: string, metadata: Metadata): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const name of Object.keys(metadata).sort()) {
    const label = `${META_PREFIX}${kind}${name.replace(/[^a-zA-Z0-9_]/gu, '_')}`;
    if (!labels.has(label)) labels.set(label, cut(metadata[name] ?? ''));
  }
  return labels;
}

/** Never between the two halves of a surrogate pair. */
function cut(value: string): string {
  if (value.length <= LONGEST_VALUE) return value;
  const splitsPair = /[\ud800-\udbff][\udc00-\udfff]/.test(value.slice(LONGEST_VALUE - 1, LONGEST_VALUE + 1));
  return value.slice(0, splitsPair ? LONGEST_VALUE - 1 : LONGEST_VALUE);
}
