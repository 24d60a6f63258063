import { oneLine } from '../base/errors.js';
import type { Metadata } from '../foundation/resources.js';
import type { Protocol } from './rules.js';

/** What an application says about its own metrics; undefined where it leaves that to the rule. */
export interface ScrapeWishes {
  readonly path: string | undefined;
  readonly port: number | undefined;
  readonly scheme: Protocol | undefined;
  /** As written: whether they count depends on the rule (timing.ts). */
  readonly scrapeInterval: string | undefined;
  readonly scrapeTimeout: string | undefined;
}

export type AnnotationReading =
  | { readonly kind: 'wishes'; readonly wishes: ScrapeWishes }
  | { readonly kind: 'not_annotated'; readonly detail: string }
  | { readonly kind: 'bad_annotation'; readonly detail: string };

export const NO_WISHES: ScrapeWishes = {
  path: undefined,
  port: undefined,
  scheme: undefined,
  scrapeInterval: undefined,
  scrapeTimeout: undefined,
};

/** The names that Prometheus users know from Kubernetes. */
const SCRAPE = 'prometheus.io/scrape';
const PATH = 'prometheus.io/path';
const PORT = 'prometheus.io/port';
export const SCHEME = 'prometheus.io/scheme';
export const SCRAPE_INTERVAL = 'prometheus.io/scrape-interval';
export const SCRAPE_TIMEOUT = 'prometheus.io/scrape-timeout';

const NOT_ANNOTATED = `has no annotation ${SCRAPE}: "true"`;

/** An annotation may hold 5,000 characters, a request line 8 KiB, and the route's own path comes on top. */
const LONGEST_PATH = 2000;
const LONGEST_QUOTE = 60;

/**
 * Reads the annotations of one application. Tenants write them, so they are believed only if they are exactly what they
 * should be: one bad value leaves the application out, since scraping something else in its name would mislead. When it is scraped is
 * another matter: a bad interval is passed over.
 */
export function readAnnotations(annotations: Metadata): AnnotationReading {
  const scrape = annotation(annotations, SCRAPE);
  if (scrape === undefined) return { kind: 'not_annotated', detail: NOT_ANNOTATED };
  if (scrape !== 'true') return { kind: 'not_annotated', detail: `${NOT_ANNOTATED}, but ${quote(scrape)}` };
  const path = annotation(annotations, PATH);
  if (path !== undefined && !isCleanPath(path)) {
    return bad(PATH, path, 'a percent-encoded path from "/" on, without ".." or "#"');
  }
  const port = annotation(annotations, PORT);
  if (port !== undefined && !isPort(port)) return bad(PORT, port, 'a number from 1 to 65535');
  const scheme = annotation(annotations, SCHEME);
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') return bad(SCHEME, scheme, 'http or https');
  const scrapeInterval = annotation(annotations, SCRAPE_INTERVAL);
  const scrapeTimeout = annotation(annotations, SCRAPE_TIMEOUT);
  const wishes: ScrapeWishes = {
    path,
    port: port === undefined ? undefined : Number(port),
    scheme,
    scrapeInterval,
    scrapeTimeout,
  };
  return { kind: 'wishes', wishes };
}

/** Own properties only: a key such as `constructor` must not be found. */
function annotation(annotations: Metadata, key: string): string | undefined {
  return Object.hasOwn(annotations, key) ? annotations[key] : undefined;
}

function bad(key: string, value: string, wanted: string): AnnotationReading {
  return { kind: 'bad_annotation', detail: `annotation ${key} is ${quote(value)}, not ${wanted}` };
}

/** Cut and on one line, for a log or a page; well-formed even where the cut hits a surrogate pair. */
export function quote(value: string): string {
  const cut = value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}…` : value;
  return `"${oneLine(cut).replace(/\p{Cs}/gu, '\ufffd')}"`;
}

/** Path and query of RFC 3986 in their encoded form; the leading slash rules out a scheme and an authority. */
function isCleanPath(value: string): boolean {
  if (value.length > LONGEST_PATH) return false;
  if (!/^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*$/.test(value)) return false;
  return !climbs(value.split('?', 1)[0] ?? '');
}

/** Whether it starts like `//host`, or a segment is `..`, for anyone who decodes it; Java servers read `..;x` so too. */
function climbs(path: string): boolean {
  const decoded = path.replace(/%2e/gi, '.').replace(/%2f|%5c/gi, '/');
  return decoded.startsWith('//') || /\/\.\.(?:[/;]|$)/.test(decoded);
}

function isPort(value: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(value) && Number(value) <= 65_535;
}
