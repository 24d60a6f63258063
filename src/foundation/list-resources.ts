import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { errorCode } from '../base/errors.js';
import type { Log } from '../telemetry/log.js';
import { type ApiAnswer, type ApiClient, parseJson } from './api-client.js';
import { ApiError } from './api-error.js';
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

export type Filter = { readonly parameter: 'space_guids' | 'app_guids'; readonly guids: readonly string[] };

export interface Lister {
  /**
   * All elements of a kind by guid, in the API's order; of all that we may see, or narrowed by guids.
   *
   * The same map as last time where no byte has changed since, so that callers see by identity that there is nothing to do.
   *
   * Whole or not at all: a page that cannot be had fails the list. An element that does not fit is dropped and named.
   *
   * @throws {ApiError}
   */
  list<K extends ResourceKind>(kind: K, filter?: Filter): Promise<ReadonlyMap<string, ResourceTypes[K]>>;
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

/** A list whose pages moved while being read is read anew this often before it counts as failed. */
const MAX_READINGS = 3;

/** Some 2 ms of work. */
const ELEMENTS_PER_SLICE = 100;

const SMALLEST_PAGE = 50;
/** More than that the API refuses (facts/cloud-foundry.md 3.1). */
const LARGEST_PAGE = 5_000;

/** Organizations and spaces are less than half the size of the others, and their lists are always asked for whole. */
const SMALL_KINDS: ReadonlySet<ResourceKind> = new Set(['organizations', 'spaces']);

export function createLister(options: ListerOptions): Lister {
  const { api, log, observe } = options;
  const pageSizes = new Map<ResourceKind, number>();
  const named = new Set<string>();
  const caches = createPageCaches();

  function pageSizeOf(kind: ResourceKind): number {
    const usual = SMALL_KINDS.has(kind) ? options.pageSize * 2 : options.pageSize;
    return Math.min(pageSizes.get(kind) ?? usual, LARGEST_PAGE);
  }

  async function listBatch<K extends ResourceKind>(kind: K, query: string): Promise<readonly ParsedPage<K>[]> {
    for (let reading = 1; ; reading += 1) {
      const pages = await readPages(kind, query);
      if (pages !== 'moved') return pages;
      log.info('pages moved while a list was read, reading it again', { kind, reading });
      if (reading === MAX_READINGS) {
        throw new ApiError('list_incomplete', `listing ${kind}: pages moved in each of ${reading} readings`);
      }
    }
  }

  /**
   * Offset paging: a deletion between two pages shifts rows, so that some are never seen (facts/cloud-foundry.md 3.1).
   * It shows as a total that falls from page to page (0 on a page past the end), or as fewer guids than the total.
   * Additions stand at the end and do no harm. A page that brings nothing new and names a next one would go on for ever.
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
    const path = `${query}${query.includes('?') ? '&' : '?'}page=${number}&per_page=${pageSizeOf(kind)}`;
    const answer = await api.get(kind, path);
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
    for (const [index, [start, end]] of split.elements.entries()) {
      if (index % ELEMENTS_PER_SLICE === ELEMENTS_PER_SLICE - 1) await setImmediate();
      const parsed = parseResource(kind, parseJson(answer, what, answer.body.toString('utf8', start, end)));
      if (parsed.ok) elements.push(parsed.value);
      else dropped.push(drop(kind, parsed.guid ?? `(none: element ${index + 1} of page ${number})`, parsed.problem));
    }
    return { totalResults: page.totalResults, hasNext: page.hasNext, elements, dropped };
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

  /** Halved for good: what was too slow once will be again, and a restart tries the large page anew. */
  function halvePage(kind: ResourceKind, error: unknown): void {
    const size = pageSizeOf(kind);
    if (!isTimeout(error) || size <= SMALLEST_PAGE) return;
    pageSizes.set(kind, Math.max(SMALLEST_PAGE, Math.floor(size / 2)));
    log.warn('a page came too late, smaller pages from now on', { kind, pageSize: pageSizes.get(kind) });
  }

  return {
    async list<K extends ResourceKind>(kind: K, filter?: Filter) {
      const pages: ParsedPage<K>[] = [];
      for (const query of queries(PATHS[kind], filter)) {
        const batch = await listBatch(kind, query).catch((error) => {
          halvePage(kind, error);
          throw error;
        });
        pages.push(...batch);
      }
      return caches[kind].keep(filter?.parameter === 'app_guids' ? 'more' : 'main', pages);
    },
  };
}

/** A page as it was read, kept to spare parsing it again while its bytes stay the same. */
interface ParsedPage<K extends ResourceKind> extends PageContent<K> {
  readonly path: string;
  readonly digest: string;
}

interface PageContent<K extends ResourceKind> {
  readonly totalResults: number;
  readonly hasNext: boolean;
  readonly elements: readonly ResourceTypes[K][];
  /** Guids of elements that did not fit. */
  readonly dropped: readonly string[];
}

interface PageCache<K extends ResourceKind> {
  find(path: string): ParsedPage<K> | undefined;
  /** Remembers these pages in place of the earlier ones and joins them; the earlier map when all are the earlier ones. */
  keep(purpose: Purpose, pages: readonly ParsedPage<K>[]): ReadonlyMap<string, ResourceTypes[K]>;
}

/** The list of a plan, and what is asked for beside it by applications: one must not push out the other. */
type Purpose = 'main' | 'more';

interface KeptPages<K extends ResourceKind> {
  readonly pages: ReadonlyMap<string, ParsedPage<K>>;
  readonly joined: ReadonlyMap<string, ResourceTypes[K]>;
}

function createPageCache<K extends ResourceKind>(): PageCache<K> {
  const kept = new Map<Purpose, KeptPages<K>>();
  return {
    find: (path) => kept.get('main')?.pages.get(path) ?? kept.get('more')?.pages.get(path),
    keep(purpose, pages) {
      const earlier = kept.get(purpose);
      const isSame =
        pages.length === earlier?.pages.size && pages.every((page) => earlier.pages.get(page.path) === page);
      if (isSame) return earlier.joined;
      const joined = new Map(pages.flatMap((page) => page.elements.map((element) => [element.guid, element] as const)));
      kept.set(purpose, { pages: new Map(pages.map((page) => [page.path, page])), joined });
      return joined;
    },
  };
}

function createPageCaches(): { readonly [K in ResourceKind]: PageCache<K> } {
  return {
    organizations: createPageCache(),
    spaces: createPageCache(),
    apps: createPageCache(),
    processes: createPageCache(),
    routes: createPageCache(),
    domains: createPageCache(),
  };
}

/** Of the list itself: UAA being late says nothing about pages. */
function isTimeout(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.code === 'api_status') return error.status === 504;
  const cause = errorCode(error.cause);
  return error.code === 'api_unreachable' && (cause === 'head_timeout' || cause === 'pause_timeout');
}

/** One query without filter, else one for each batch of guids that fits a request line. */
export function queries(path: string, filter: Filter | undefined): string[] {
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
