import type { Milliseconds } from '../base/duration.js';
import type { ResourceTypes } from './parse-resource.js';
import type { ResourceKind } from './resources.js';

export interface PageContent<K extends ResourceKind> {
  readonly totalResults: number;
  readonly hasNext: boolean;
  readonly elements: readonly ResourceTypes[K][];
  /** Guids of elements that did not fit. */
  readonly dropped: readonly string[];
  /** When it was asked for first with these bytes, by the server's clock. */
  readonly askedAtMs: Milliseconds | undefined;
  /** When the newest of its elements was created, by the server's clock; minus infinity when none says so. */
  readonly newestAtMs: Milliseconds;
}

/** A page as it was read, kept to spare parsing it again while its bytes stay the same. */
export interface ParsedPage<K extends ResourceKind> extends PageContent<K> {
  readonly path: string;
  readonly digest: string;
}

/** All pages of one query. */
export interface Reading<K extends ResourceKind> {
  readonly query: string;
  readonly pages: readonly ParsedPage<K>[];
  /** Elements that fell between two pages and were asked for by guid; without pages that brought none. */
  readonly recovered: readonly ParsedPage<K>[];
}

/** The list of a plan, and what is asked for beside it by applications: one must not push out the other. */
export type Purpose = 'main' | 'more';

export interface PageCache<K extends ResourceKind> {
  find(path: string): ParsedPage<K> | undefined;
  /** The reading of this query that was kept last. */
  last(query: string): Reading<K> | undefined;
  /** Remembers these pages in place of the earlier ones and joins them; the earlier map when all are the earlier ones. */
  keep(purpose: Purpose, readings: readonly Reading<K>[]): ReadonlyMap<string, ResourceTypes[K]>;
}

interface Kept<K extends ResourceKind> {
  readonly readings: ReadonlyMap<string, Reading<K>>;
  readonly pages: ReadonlyMap<string, ParsedPage<K>>;
  readonly joined: ReadonlyMap<string, ResourceTypes[K]>;
}

function createPageCache<K extends ResourceKind>(): PageCache<K> {
  const kept = new Map<Purpose, Kept<K>>();
  return {
    find: (path) => kept.get('main')?.pages.get(path) ?? kept.get('more')?.pages.get(path),
    last: (query) => kept.get('main')?.readings.get(query) ?? kept.get('more')?.readings.get(query),
    keep(purpose, readings) {
      const earlier = kept.get(purpose);
      // By path: applications of two batches may share a route that is asked for again for both.
      const all = [...readings.flatMap((each) => each.pages), ...readings.flatMap((each) => each.recovered)];
      const pages = new Map(all.map((page) => [page.path, page]));
      const isSame =
        pages.size === earlier?.pages.size &&
        [...pages.values()].every((page) => earlier.pages.get(page.path) === page);
      const joined = isSame
        ? earlier.joined
        : new Map(all.flatMap((page) => page.elements.map((element) => [element.guid, element] as const)));
      kept.set(purpose, { readings: new Map(readings.map((each) => [each.query, each])), pages, joined });
      return joined;
    },
  };
}

export function createPageCaches(): { readonly [K in ResourceKind]: PageCache<K> } {
  return {
    organizations: createPageCache(),
    spaces: createPageCache(),
    apps: createPageCache(),
    processes: createPageCache(),
    routes: createPageCache(),
    domains: createPageCache(),
  };
}
