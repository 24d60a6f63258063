import type { Milliseconds } from '../../../src/base/duration.js';
import type { Metadata } from '../../world/records.js';
import type { Features } from '../features.js';
import type { Visibility } from '../visibility.js';

/** What rendering needs to know beside the record. */
export interface RenderContext {
  /** `https://api.SYS`, without a slash. */
  readonly api: string;
  readonly features: Features;
  readonly visibility: Visibility;
  readonly nowMs: Milliseconds;
}

export type Json = Readonly<Record<string, unknown>>;

export interface Link {
  readonly href: string;
  readonly method?: string;
}

export function link(context: RenderContext, path: string): Link {
  return { href: `${context.api}/v3/${path}` };
}

export function postLink(context: RenderContext, path: string): Link {
  return { href: `${context.api}/v3/${path}`, method: 'POST' };
}

/** Whole seconds, UTC: `2019-05-10T17:17:48Z`. */
export function timestamp(ms: Milliseconds): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

interface Described {
  readonly guid: string;
  readonly createdMs: Milliseconds;
  readonly updatedMs: Milliseconds;
}

export function head(record: Described): Json {
  return { guid: record.guid, created_at: timestamp(record.createdMs), updated_at: timestamp(record.updatedMs) };
}

export function metadataOf(metadata: Metadata): Json {
  return { labels: metadata.labels, annotations: metadata.annotations };
}

export function toOne(guid: string): Json {
  return { data: { guid } };
}
