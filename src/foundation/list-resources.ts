import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Milliseconds } from '../base/duration.js';
import { errorCode } from '../base/errors.js';
import type { Log } from '../telemetry/log.js';
import { type ApiAnswer, type ApiClient, parseJson } from './api-client.js';
import { ApiError } from './api-error.js';
import { createPageCaches, type PageContent, type ParsedPage, type Reading } from './page-cache.js';
import { createPageSizes } from './page-size.js';
import { parsePage, parseResource, type ResourceTypes } from './parse-resource.js';
import type { ResourceKind } from './resources.js';
import { splitList } from './split-list.js';

export interface ListerOptions {
  readonly api: ApiClient;
  /** Applications, processes and routes asked for at a time. */
  readonly pageSize: number;
  readonly log: Log;
  readonly observe: { dropped(kind: ResourceKind): void };
}

export interface GuidFilter {
  readonly parameter: 'guids' | 'space_guids' | 'app_guids';
  readonly guids: readonly string[];
}

export interface Filter extends GuidFilter {
  readonly parameter: 'space_guids' | 'app_guids';
}

export interface Lister {
  /**
   * All elements of a kind by guid, in the API's order; of all that we may see, or narrowed by guids.
   *
   * The same map as last time where no byte has changed since, so that callers see by identity that there is nothing to do.
   *
   * Whole or not at all: a page that cannot be had fails the list. An element that does not fit is dropped and named.
   * An element is gone only when one answer says so: those that fell between two pages stand at the end. A first reading,
   * which can miss none, is done twice where something was created while its pages were read.
   *
   * @throws {ApiError}
   */
  list<K extends ResourceKind>(kind: K, filter?: Filter): Promise<ReadonlyMap<string, ResourceTypes[K]>>;
  /** Requests that the last complete reading of a kind takes, with what is asked beside it; 0 before it. */
  requestsFor(kind: ResourceKind): number;
}

const PATHS: Readonly<Record<ResourceKind, string>> = {
  organizations: '/v3/organizations',
  spaces: '/v3/spaces',
  apps: '/v3/apps',
  processes: '/v3/processes?types=web',
  routes: '/v3/routes',
  domains: '/v3/domains',
};

/** The Cloud Controller's nginx takes 8 KiB of request line; what stands around the guids needs some 200 bytes. */
const MAX_GUID_BYTES = 7_600;
/** As many as the cf CLI sends at once. */
const MAX_GUIDS = 200;

/**
 * A list whose pages moved while being read is read anew so often before it counts as failed. One that was never read, or
 * failed for this, is read once at a time: what is wrong may last, and after a failure comes a pause.
 */
const MAX_READINGS = 2;

/** Times of elements and answers are whole seconds, of a database and of a server in front. */
const CLOCK_MARGIN_MS: Milliseconds = 2_000;

/** Some 2 ms of work. */
const ELEMENTS_PER_SLICE = 100;

/** Elements missing that are asked for one by one; more of them are a list that was cut, or permissions that changed. */
const MOST_MISSING = 1_000;

export function createLister(options: ListerOptions): Lister {
  const { api, log, observe } = options;
  const pageSizes = createPageSizes(options.pageSize);
  const named = new Set<string>();
  /** Kinds whose pages stood still when they were read last. */
  const steady = new Set<ResourceKind>();
  const caches = createPageCaches();
  const requests = new Map<string, number>();

  /** One query to its end, with what fell between its pages. */
  async function readQuery<K extends ResourceKind>(kind: K, query: string, isNarrowed: boolean): Promise<Reading<K>> {
    const known = caches[kind].last(query);
    const first = known === undefined ? { query, pages: await readSteadily(kind, query), recovered: [] } : undefined;
    if (first !== undefined && !mayHideSome(first.pages)) return first;
    for (let reading = 1; ; reading += 1) {
      const pages = await readSteadily(kind, query);
      const missing = pages.length > 1 ? missingIn(pages, known ?? first, isNarrowed) : [];
      if (missing.length <= MOST_MISSING) return { query, pages, recovered: await recover(kind, missing) };
      log.warn(`many elements of a list are gone, ${reading === 1 ? 'reading it again' : 'and are taken to be'}`, {
        kind,
        missing: missing.length,
      });
      if (reading > 1) return { query, pages, recovered: [] };
    }
  }

  /**
   * A deletion and a creation between two pages leave the total as it was, and hide the element at the seam. Rolling
   * deployments do that to processes. Whether an element is gone, one page tells for certain.
   */
  async function recover<K extends ResourceKind>(kind: K, missing: readonly string[]): Promise<ParsedPage<K>[]> {
    const found: ParsedPage<K>[] = [];
    for (const query of queries(PATHS[kind], { parameter: 'guids', guids: missing })) {
      const pages = await readSteadily(kind, query);
      found.push(...pages.filter((page) => page.elements.length > 0));
    }
    if (found.length > 0) {
      const guids = found.flatMap((page) => page.elements.map((element) => element.guid));
      log.debug('elements fell between two pages of a list', { kind, count: guids.length, first: guids[0] });
    }
    return found;
  }

  async function readSteadily<K extends ResourceKind>(kind: K, query: string): Promise<readonly ParsedPage<K>[]> {
    const most = steady.has(kind) ? MAX_READINGS : 1;
    for (let reading = 1; ; reading += 1) {
      const pages = await readPages(kind, query);
      if (pages !== 'moved') return pages;
      log.debug('pages moved while a list was read', { kind, reading });
      if (reading < most) continue;
      steady.delete(kind);
      const when = reading === 1 ? 'while it was read' : `in each of ${reading} readings`;
      throw new ApiError('list_incomplete', `listing ${kind}: pages moved ${when}`);
    }
  }

  /**
   * Offset paging: a deletion between two pages shifts rows, so that some are never seen (facts/cloud-foundry.md 3.1).
   * It shows as a total that falls from page to page (0 on a page past the end), or as fewer guids than the total.
   * Additions stand at the end and do no harm, unless they make up for a deletion: see `recover`. A page that brings nothing new and names a next one would go on for ever.
   */
  async function readPages<K extends ResourceKind>(kind: K, query: string): Promise<ParsedPage<K>[] | 'moved'> {
    const pages: ParsedPage<K>[] = [];
    const guids = new Set<string>();
    let total = 0;
    for (;;) {
      const page = await readPage(kind, query, pages.length + 1);
      if (page.totalResults < total) return 'moved';
      total = page.totalResults;
      pages.push(page);
      const seenBefore = guids.size;
      for (const element of page.elements) guids.add(element.guid);
      for (const guid of page.dropped) guids.add(guid);
      if (!page.hasNext) return guids.size < total ? 'moved' : pages;
      if (guids.size === seenBefore) return 'moved';
    }
  }

  async function readPage<K extends ResourceKind>(kind: K, query: string, number: number): Promise<ParsedPage<K>> {
    const path = `${query}${query.includes('?') ? '&' : '?'}page=${number}&per_page=${pageSizes.of(kind)}`;
    const answer = await api.get(kind, path);
    pageSizes.answered(kind);
    const digest = createHash('sha256').update(answer.body).digest('base64');
    const earlier = caches[kind].find(path);
    if (earlier?.digest === digest) return earlier;
    return { path, digest, ...(await parse(kind, number, answer)) };
  }

  /** Element by element, with pauses: a large page must not hold up the scrapes. */
  async function parse<K extends ResourceKind>(kind: K, number: number, answer: ApiAnswer): Promise<PageContent<K>> {
    const what = `listing ${kind}`;
    const split = splitList(answer.body);
    const page = parsePage(parseJson(answer, what, split?.frame));
    if (split === undefined || page === undefined) throw new ApiError('api_answer', `${what}: the answer is no list`);
    const elements: ResourceTypes[K][] = [];
    const dropped: string[] = [];
    let newestAtMs = Number.NEGATIVE_INFINITY;
    for (const [index, [start, end]] of split.elements.entries()) {
      if (index % ELEMENTS_PER_SLICE === ELEMENTS_PER_SLICE - 1) await setImmediate();
      const element = parseJson(answer, what, answer.body.toString('utf8', start, end));
      newestAtMs = Math.max(newestAtMs, createdAtMs(element));
      const parsed = parseResource(kind, element);
      if (parsed.ok) elements.push(parsed.value);
      else dropped.push(drop(kind, parsed.guid ?? `(none: element ${index + 1} of page ${number})`, parsed.problem));
    }
    const { totalResults, hasNext } = page;
    return { totalResults, hasNext, elements, dropped, askedAtMs: answer.askedAtMs, newestAtMs };
  }

  function drop(kind: ResourceKind, guid: string, problem: string): string {
    observe.dropped(kind);
    const key = `${kind} ${guid}`;
    if (!named.has(key)) {
      named.add(key);
      log.warn('an element of a list does not fit and is left out', { kind, guid, problem });
    }
    return guid;
  }

  function shrinkPages(kind: ResourceKind, error: unknown): void {
    const pageSize = isLate(error) ? pageSizes.late(kind) : undefined;
    if (pageSize !== undefined) log.warn('a page came too late, smaller pages for now', { kind, pageSize });
  }

  /** What is asked beside the list of a plan is asked after it, and not always. */
  function count<K extends ResourceKind>(kind: K, filter: Filter | undefined, readings: readonly Reading<K>[]): void {
    const own = readings.reduce((sum, { pages, recovered }) => sum + pages.length + recovered.length, 0);
    const before = filter?.parameter === 'app_guids' ? (requests.get(kind) ?? 0) : 0;
    requests.set(kind, before + own);
  }

  return {
    requestsFor: (kind) => requests.get(kind) ?? 0,
    async list<K extends ResourceKind>(kind: K, filter?: Filter) {
      const readings: Reading<K>[] = [];
      try {
        for (const query of queries(PATHS[kind], filter)) {
          readings.push(await readQuery(kind, query, filter !== undefined));
        }
      } catch (error) {
        shrinkPages(kind, error);
        throw error;
      }
      steady.add(kind);
      pageSizes.completed(kind);
      count(kind, filter, readings);
      return caches[kind].keep(filter?.parameter === 'app_guids' ? 'more' : 'main', readings);
    },
  };
}

/**
 * Guids that the last reading had and this one lacks, in a fixed order: the same question has the same cached answer.
 *
 * What left a filter exists on (a route given to another space). So under a filter an element is asked for once, and not
 * again in each further reading; that it falls between pages twice in a row is unlikely, since rows only move forward.
 */
function missingIn<K extends ResourceKind>(
  pages: readonly ParsedPage<K>[],
  last: Reading<K> | undefined,
  isNarrowed: boolean,
): string[] {
  if (last === undefined) return [];
  const seen = new Set(pages.flatMap((page) => [...page.elements.map((element) => element.guid), ...page.dropped]));
  const known = isNarrowed ? last.pages : [...last.pages, ...last.recovered];
  const missing = known
    .flatMap((page) => page.elements.map((element) => element.guid))
    .filter((guid) => !seen.has(guid));
  return [...new Set(missing)].sort();
}

/**
 * Rows that a deletion has shifted are hidden where a creation makes up for it in the total. So what matters is whether
 * anything was created since the first page was asked for; it stands on one of the later ones, by the API's order.
 */
function mayHideSome<K extends ResourceKind>(pages: readonly ParsedPage<K>[]): boolean {
  const [first, ...later] = pages;
  const sinceMs = first?.askedAtMs;
  if (sinceMs === undefined) return false;
  return later.some(({ newestAtMs }) => newestAtMs >= sinceMs - CLOCK_MARGIN_MS);
}

function createdAtMs(element: unknown): Milliseconds {
  if (typeof element !== 'object' || element === null || !('created_at' in element)) return Number.NEGATIVE_INFINITY;
  const atMs = typeof element.created_at === 'string' ? Date.parse(element.created_at) : Number.NaN;
  return Number.isNaN(atMs) ? Number.NEGATIVE_INFINITY : atMs;
}

/** Of the list itself: UAA being late says nothing about pages, nor does a router without a Cloud Controller (504). */
function isLate(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.code !== 'api_unreachable') return false;
  const cause = errorCode(error.cause);
  return cause === 'head_timeout' || cause === 'pause_timeout' || cause === 'deadline';
}

/** One query without filter, else one for each batch of guids that fits a request line. */
export function queries(path: string, filter: GuidFilter | undefined): string[] {
  if (filter === undefined) return [path];
  const separator = path.includes('?') ? '&' : '?';
  return batches(filter.guids).map((batch) => `${path}${separator}${filter.parameter}=${batch.join(',')}`);
}

function batches(guids: readonly string[]): string[][] {
  const result: string[][] = [];
  let bytes = 0;
  for (const guid of guids.map(encodeURIComponent)) {
    const last = result.at(-1);
    if (last === undefined || last.length >= MAX_GUIDS || bytes + guid.length + 1 > MAX_GUID_BYTES) {
      result.push([guid]);
      bytes = guid.length;
    } else {
      last.push(guid);
      bytes += guid.length + 1;
    }
  }
  return result;
}
