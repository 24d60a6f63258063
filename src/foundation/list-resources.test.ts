import { describe, expect, test } from 'vitest';
import { type ClientOfScript, clientOf } from '../../test/support/foundation/api-client.js';
import type { Answer, CloudFoundryAnswers } from '../../test/support/foundation/cloud-foundry.js';
import type { ApiError } from './api-error.js';
import { createLister, type Lister, queries } from './list-resources.js';
import type { ResourceKind } from './resources.js';

interface Listing extends ClientOfScript {
  readonly lister: Lister;
  readonly dropped: ResourceKind[];
}

async function listing(
  api: NonNullable<CloudFoundryAnswers['api']>,
  options: { pageSize?: number; headTimeoutMs?: number } = {},
): Promise<Listing> {
  const client = await clientOf({ api, headTimeoutMs: options.headTimeoutMs ?? 30_000 });
  const dropped: ResourceKind[] = [];
  const lister = createLister({
    api: client.api,
    pageSize: options.pageSize ?? 5_000,
    log: client.logged.log,
    observe: { dropped: (kind) => dropped.push(kind) },
  });
  return { ...client, lister, dropped };
}

/** Has read an empty list of domains once, by one request. */
async function steadyListing(
  api: NonNullable<CloudFoundryAnswers['api']>,
  options: { pageSize?: number } = {},
): Promise<Listing> {
  const all = await listing(
    (path, request, count) => (count === 1 ? page([], 0, 'last') : api(path, request, count - 1)),
    options,
  );
  await all.lister.list('domains');
  return all;
}

const domain = (guid: string): unknown => ({ guid, name: `${guid}.example.org`, internal: false });

interface PageAnswer {
  readonly body: unknown;
}

/** A page as Cloud Foundry frames it; `next` names some page, which one we compute ourselves. */
function page(elements: readonly unknown[], total: number, next: 'next' | 'last'): PageAnswer {
  const href = next === 'next' ? { href: 'https://elsewhere.example.org/?page=99' } : null;
  return {
    body: { pagination: { total_results: total, total_pages: 1, next: href, previous: null }, resources: elements },
  };
}

/** Serves these elements by offset and by guids, as the API does; the list may change between two requests. */
function paged(elements: () => readonly unknown[]): NonNullable<CloudFoundryAnswers['api']> {
  return (path) => pageOf(elements(), path);
}

function pageOf(elements: readonly unknown[], path: string): PageAnswer {
  const query = new URL(path, 'http://x').searchParams;
  const [number, size] = [Number(query.get('page')), Number(query.get('per_page'))];
  const guids = query.get('guids')?.split(',');
  const all = elements.filter(
    (each) => guids === undefined || guids.some((guid) => JSON.stringify(each).includes(`"${guid}"`)),
  );
  const rows = all.slice((number - 1) * size, number * size);
  // The total is counted over the returned rows: 0 past the end (facts/cloud-foundry.md 3.1).
  return page(rows, rows.length === 0 ? 0 : all.length, number * size < all.length ? 'next' : 'last');
}

function guidsAsked(requests: readonly string[]): (string | null)[] {
  return requests.map((path) => new URL(path, 'http://x').searchParams.get('guids')).filter((guids) => guids !== null);
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  return await promise.then(
    () => expect.unreachable('a list came'),
    (error: ApiError) => error,
  );
}

describe('paging', () => {
  test.each([
    [0, 1],
    [1, 1],
    [49, 1],
    [50, 1],
    [51, 2],
    [150, 3],
  ])('%d elements are %d pages of 50, in order', async (count, pages) => {
    const all = Array.from({ length: count }, (_, n) => domain(`d${n}`));
    const { lister, foundry } = await listing(
      paged(() => all),
      { pageSize: 50 },
    );
    const found = await lister.list('domains');
    expect([...found.keys()]).toEqual(all.map((_, n) => `d${n}`));
    expect(foundry.requests).toEqual(Array.from({ length: pages }, (_, n) => `/v3/domains?page=${n + 1}&per_page=50`));
  });

  test.each<[ResourceKind, string]>([
    ['organizations', '/v3/organizations?page=1&per_page=5000'],
    ['spaces', '/v3/spaces?page=1&per_page=5000'],
    ['apps', '/v3/apps?page=1&per_page=5000'],
    ['processes', '/v3/processes?types=web&page=1&per_page=5000'],
    ['routes', '/v3/routes?page=1&per_page=5000'],
    ['domains', '/v3/domains?page=1&per_page=5000'],
  ])('%s', async (kind, path) => {
    const { lister, foundry } = await listing(() => page([], 0, 'last'));
    expect(await lister.list(kind)).toEqual(new Map());
    expect(foundry.requests).toEqual([path]);
  });

  test('an element added meanwhile is seen', async () => {
    const all = [domain('a'), domain('b'), domain('c')];
    const { lister } = await listing(
      (path, request, count) => {
        if (count === 2) all.push(domain('d'));
        return paged(() => all)(path, request, count);
      },
      { pageSize: 2 },
    );
    expect([...(await lister.list('domains')).keys()]).toEqual(['a', 'b', 'c', 'd']);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['a deletion between pages, seen by the total', ['a', 'b', 'c', 'd', 'e'], ['b', 'c', 'd', 'e']],
    ['a deletion that leaves the last page past the end', ['a', 'b', 'c'], ['b', 'c']],
  ])('%s: the list is read anew', async (_, before, after) => {
    const { lister, foundry, logged } = await steadyListing(
      (path, request, count) => paged(() => (count === 1 ? before : after).map(domain))(path, request, count),
      { pageSize: 2 },
    );
    expect([...(await lister.list('domains')).keys()]).toEqual(after);
    expect(foundry.requests.length).toBeGreaterThanOrEqual(4);
    expect(logged.count('pages moved')).toBe(1);
  });

  test.each<[string, (path: string, count: number) => Answer, number]>([
    ['pages that repeat for ever', () => page([domain('a'), domain('b')], 4, 'next'), 4],
    ['empty pages that name a next one', () => page([], 0, 'next'), 2],
    [
      'a second page that repeats the first',
      (path) => page([domain('a'), domain('b')], 4, path.includes('page=1&') ? 'next' : 'last'),
      4,
    ],
    ['fewer elements than the total', () => page([domain('a')], 2, 'last'), 2],
    [
      'totals that keep falling',
      (path, count) => page([domain(`d${count}`)], 100 - count, path.includes('page=1&') ? 'next' : 'last'),
      4,
    ],
  ])('%s: list_incomplete after two readings', async (_, answer, requests) => {
    const { lister, foundry } = await steadyListing((path, _request, count) => answer(path, count), { pageSize: 2 });
    const error = await failure(lister.list('domains'));
    expect([error.code, error.message]).toEqual([
      'list_incomplete',
      'listing domains: pages moved in each of 2 readings',
    ]);
    expect(foundry.requests.length - 1).toBe(requests);
  });

  test('one that was never read, or has failed, is read once at a time', async () => {
    let moves = true;
    const { lister, foundry } = await listing(
      (path) => (moves ? page([domain('a')], 2, 'last') : pageOf([domain('a'), domain('b')], path)),
      { pageSize: 2 },
    );
    const requests = async (): Promise<number> => {
      const before = foundry.requests.length;
      await lister.list('domains').catch(() => undefined);
      return foundry.requests.length - before;
    };
    expect((await failure(lister.list('domains'))).message).toBe('listing domains: pages moved while it was read');
    expect(await requests()).toBe(1);
    moves = false;
    expect(await requests()).toBe(1);
    moves = true;
    expect([await requests(), await requests()]).toEqual([2, 1]);
  });

  test('the same guid on two pages counts once', async () => {
    const { lister } = await listing((path) =>
      path.includes('page=1&')
        ? page([domain('a'), domain('b')], 3, 'next')
        : page([domain('b'), domain('c')], 3, 'last'),
    );
    expect([...(await lister.list('domains')).keys()]).toEqual(['a', 'b', 'c']);
  });

  test('one page that fails fails the list', async () => {
    const { lister } = await listing((path) =>
      path.includes('page=1&') ? page([domain('a')], 2, 'next') : { status: 500, body: '' },
    );
    expect((await failure(lister.list('domains'))).code).toBe('api_status');
  });

  test.each<[string, unknown]>([
    ['HTML', '<html>'],
    ['an object', {}],
    ['null', null],
    ['no pagination', { resources: [] }],
    ['no resources', { pagination: { total_results: 0, next: null } }],
    ['resources that are no list', { pagination: { total_results: 0, next: null }, resources: {} }],
    ['errors under status 200', { errors: [] }],
  ])('%s is no list', async (_, body) => {
    const { lister } = await listing(() => ({ body }));
    const error = await failure(lister.list('domains'));
    expect(error.code).toBe('api_answer');
    expect(error.message).toContain('listing domains');
  });
});

describe('an element that falls between two pages', () => {
  const process = (guid: string): unknown => ({
    guid,
    type: 'web',
    instances: 1,
    relationships: { app: { data: { guid } } },
  });

  /** While the list is read the second time, `a` is deleted and `e` created: rows move by one, and the total stays. */
  function replacing(make: (guid: string) => unknown): NonNullable<CloudFoundryAnswers['api']> {
    return (path, request, count) =>
      paged(() => (count <= 3 ? ['a', 'b', 'c', 'd'] : ['b', 'c', 'd', 'e']).map(make))(path, request, count);
  }

  test.each<[ResourceKind, string, (guid: string) => unknown]>([
    ['domains', '/v3/domains?', domain],
    ['processes', '/v3/processes?types=web&', process],
  ])('is asked for by guid and kept: %s', async (kind, path, make) => {
    const { lister, foundry } = await listing(replacing(make), { pageSize: 2 });
    const keys = async (): Promise<string[]> => [...(await lister.list(kind)).keys()];
    expect([await keys(), await keys(), await keys()]).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'd', 'e', 'c'],
      ['b', 'c', 'd', 'e'],
    ]);
    const pages = [`${path}page=1&per_page=2`, `${path}page=2&per_page=2`];
    expect(foundry.requests).toEqual([
      ...pages,
      ...pages,
      `${path}guids=c&page=1&per_page=2`,
      ...pages,
      `${path}guids=a&page=1&per_page=2`,
    ]);
    expect(await lister.list(kind)).toBe(await lister.list(kind));
  });

  test.each<[string, number, readonly string[], readonly string[], readonly string[]]>([
    ['deleted ones are gone', 2, ['a', 'b', 'c', 'd', 'e'], ['a', 'c', 'e'], ['b,d']],
    ['one page says it all', 5, ['a', 'b', 'c', 'd', 'e'], ['a', 'c', 'e'], []],
    ['one page that was several', 3, ['a', 'b', 'c', 'd', 'e'], ['a', 'c', 'e'], []],
    ['several pages that were one', 2, ['a', 'b'], ['b', 'c', 'd'], ['a']],
    ['additions alone', 2, ['a', 'b', 'c'], ['a', 'b', 'c', 'd', 'e'], []],
    ['nothing left', 2, ['a', 'b', 'c'], [], []],
  ])('%s', async (_, pageSize, before, after, asked) => {
    let names = before;
    const { lister, foundry } = await listing(
      paged(() => names.map(domain)),
      { pageSize },
    );
    await lister.list('domains');
    names = after;
    const second = await lister.list('domains');
    expect([...second.keys()]).toEqual(after);
    expect(guidsAsked(foundry.requests)).toEqual(asked);
    expect(await lister.list('domains'), 'what is gone is not asked for again').toBe(second);
    expect(guidsAsked(foundry.requests)).toEqual(asked);
  });

  test('one that no longer fits is not missing', async () => {
    let last: unknown = domain('c');
    const { lister, foundry } = await listing(
      paged(() => [domain('a'), domain('b'), last]),
      { pageSize: 2 },
    );
    await lister.list('domains');
    last = { guid: 'c', name: 7 };
    expect([...(await lister.list('domains')).keys()]).toEqual(['a', 'b']);
    expect(guidsAsked(foundry.requests)).toEqual([]);
  });

  /** `c` stands in the first reading and is on no page after that, though it exists. */
  const hiding: NonNullable<CloudFoundryAnswers['api']> = (path, request, count) =>
    paged(() => (count <= 2 || path.includes('guids=c&') ? ['a', 'b', 'c', 'd'] : ['a', 'b', 'd', 'e']).map(domain))(
      path,
      request,
      count,
    );

  test('for good is asked for each time, and the map stays the same', async () => {
    const { lister, foundry } = await listing(hiding, { pageSize: 2 });
    await lister.list('domains');
    const second = await lister.list('domains');
    expect([...second.keys()]).toEqual(['a', 'b', 'd', 'e', 'c']);
    expect(await lister.list('domains')).toBe(second);
    expect(guidsAsked(foundry.requests)).toEqual(['c', 'c']);
  });

  test('or has left the filter is asked for once', async () => {
    const { lister, foundry } = await listing(hiding, { pageSize: 2 });
    const bySpaces = { parameter: 'space_guids', guids: ['s'] } as const;
    const keys = async (): Promise<string[]> => [...(await lister.list('domains', bySpaces)).keys()];
    expect([await keys(), await keys(), await keys()]).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'd', 'e', 'c'],
      ['a', 'b', 'd', 'e'],
    ]);
    expect(guidsAsked(foundry.requests)).toEqual(['c']);
  });

  test('an answer that fails fails the list', async () => {
    const { lister } = await listing(
      (path, request, count) =>
        path.includes('guids=') ? { status: 500, body: '' } : replacing(domain)(path, request, count),
      { pageSize: 2 },
    );
    await lister.list('domains');
    expect((await failure(lister.list('domains'))).code).toBe('api_status');
  });

  test.each<[number, number, number]>([
    [200, 1, 1],
    [201, 2, 1],
    [1_000, 5, 1],
    [1_001, 0, 2],
  ])('%d missing at once: %d requests by guid, %d readings', async (missing, requests, readings) => {
    let all = Array.from({ length: missing + 300 }, (_, n) => domain(`d${n}`));
    const { lister, foundry } = await listing(
      paged(() => all),
      { pageSize: 200 },
    );
    await lister.list('domains');
    const before = foundry.requests.length;
    all = all.slice(missing);
    expect((await lister.list('domains')).size).toBe(300);
    expect(guidsAsked(foundry.requests).length).toBe(requests);
    expect(foundry.requests.length - before).toBe(requests + 2 * readings);
  });

  test('more than a thousand missing once only are there after all', async () => {
    const all = Array.from({ length: 1_300 }, (_, n) => domain(`d${n}`));
    let cut = 0;
    const { lister } = await listing(
      paged(() => {
        cut -= 1;
        return cut >= 0 ? all.slice(1_050) : all;
      }),
      { pageSize: 200 },
    );
    await lister.list('domains');
    cut = 2;
    expect((await lister.list('domains')).size).toBe(1_300);
  });
});

describe('a first reading, which can miss nothing', () => {
  const NOW = Date.parse('2026-11-22T10:00:00Z');
  const DATE = new Date(NOW).toUTCString();

  function createdAgo(guid: string, seconds: number): unknown {
    return {
      guid,
      name: `${guid}.example.org`,
      internal: false,
      created_at: new Date(NOW - seconds * 1000).toISOString(),
    };
  }

  /** After its first page `a` is deleted and `e` created: `c` moves up past the seam, and the total stays. */
  function moving(
    ageOfNewest: number,
    headers: Readonly<Record<string, string>>,
  ): NonNullable<CloudFoundryAnswers['api']> {
    const old = ['a', 'b', 'c', 'd'].map((guid) => createdAgo(guid, 3_600));
    const after = [...old.slice(1), createdAgo('e', ageOfNewest)];
    let asked = 0;
    return (path) => {
      asked += 1;
      return { headers, ...pageOf(asked === 1 ? old : after, path) };
    };
  }

  test.each<[string, number, Readonly<Record<string, string>>, readonly string[], number]>([
    ['something was created meanwhile: read twice', 0, { date: DATE }, ['b', 'c', 'd', 'e'], 5],
    ['within the same second', 1, { date: DATE }, ['b', 'c', 'd', 'e'], 5],
    ['created before it began', 60, { date: DATE }, ['a', 'b', 'd', 'e'], 2],
  ])('%s', async (_, age, headers, found, requests) => {
    const { lister, foundry } = await listing(moving(age, headers), { pageSize: 2 });
    expect([...(await lister.list('domains')).keys()]).toEqual(found);
    expect(foundry.requests.length).toBe(requests);
  });

  test('one page misses nothing', async () => {
    const { lister, foundry } = await listing(moving(0, { date: DATE }), { pageSize: 4 });
    expect([...(await lister.list('domains')).keys()]).toEqual(['a', 'b', 'c', 'd']);
    expect(foundry.requests.length).toBe(1);
  });

  test('later ones know what to miss', async () => {
    const { lister, foundry } = await listing(moving(0, { date: DATE }), { pageSize: 2 });
    await lister.list('domains');
    const before = foundry.requests.length;
    await lister.list('domains');
    expect(foundry.requests.length - before).toBe(2);
  });
});

describe('requests for a list', () => {
  test('are those of its last complete reading, with what is asked beside it', async () => {
    let all = ['a', 'b', 'c'];
    const { lister } = await listing(
      paged(() => all.map(domain)),
      { pageSize: 2 },
    );
    const counts: number[] = [lister.requestsFor('domains')];
    await lister.list('domains');
    counts.push(lister.requestsFor('domains'));
    await lister.list('domains', { parameter: 'app_guids', guids: ['x'] });
    counts.push(lister.requestsFor('domains'));
    all = ['a'];
    await lister.list('domains');
    counts.push(lister.requestsFor('domains'), lister.requestsFor('apps'));
    expect(counts).toEqual([0, 2, 4, 1, 0]);
  });
});

describe('elements that do not fit', () => {
  test('are left out, counted each time they change, named once', async () => {
    let round = 0;
    const { lister, dropped, logged } = await listing(() =>
      page([domain('good'), { guid: 'bad-1', name: 7, round }, { guid: 'bad-2' }], 3, 'last'),
    );
    for (round = 1; round <= 2; round += 1) {
      expect([...(await lister.list('domains')).keys()]).toEqual(['good']);
    }
    expect(dropped.length).toBe(4);
    expect([logged.count('bad-1'), logged.count('bad-2')]).toEqual([1, 1]);
    expect(logged.lines.find((line) => line.includes('bad-1'))).toMatch(/name: .*expected string/i);
  });

  test('without a guid on two pages do not spoil the list', async () => {
    const { lister, logged } = await listing((path) =>
      path.includes('page=1&') ? page([domain('a'), { name: 'x' }], 4, 'next') : page([null, domain('b')], 4, 'last'),
    );
    expect([...(await lister.list('domains')).keys()]).toEqual(['a', 'b']);
    expect([logged.count('element 2 of page 1'), logged.count('element 1 of page 2')]).toEqual([1, 1]);
  });
});

describe('identity', () => {
  test('the same map while no byte changes, another one when any does', async () => {
    let names = ['a', 'b', 'c'];
    const { lister } = await listing(
      paged(() => names.map(domain)),
      { pageSize: 2 },
    );
    const first = await lister.list('domains');
    expect(await lister.list('domains')).toBe(first);
    names = ['a', 'b', 'd'];
    const second = await lister.list('domains');
    expect(second).not.toBe(first);
    expect(second.get('a'), 'pages that did not change keep their elements').toBe(first.get('a'));
    expect(await lister.list('domains')).toBe(second);
    names = ['a', 'b'];
    expect([...(await lister.list('domains')).keys()]).toEqual(['a', 'b']);
  });

  test('holds for the list of a plan and the one by applications alike', async () => {
    const { lister } = await listing(() => page([], 0, 'last'));
    const bySpaces = { parameter: 'space_guids', guids: ['s'] } as const;
    const byApps = { parameter: 'app_guids', guids: ['a'] } as const;
    const first = [await lister.list('routes', bySpaces), await lister.list('routes', byApps)];
    const second = [await lister.list('routes', bySpaces), await lister.list('routes', byApps)];
    expect([first[0] === second[0], first[1] === second[1]]).toEqual([true, true]);
  });

  test('no guids, no request', async () => {
    const { lister, foundry } = await listing(() => page([], 0, 'last'));
    const none = { parameter: 'space_guids', guids: [] } as const;
    expect(await lister.list('apps', none)).toBe(await lister.list('apps', none));
    expect(foundry.requests).toEqual([]);
  });
});

describe('page size', () => {
  const SCRIPTS: Readonly<Record<string, Answer>> = {
    late: undefined,
    '504': { status: 504, body: 'Gateway Timeout' },
    '500': { status: 500, body: '' },
  };

  test.each<readonly [string, string, number]>([
    ['no head in time', 'late', 1_000],
    ['504', '504', 2_000],
    ['500', '500', 2_000],
  ])('%s: the next pages have %d elements', async (_what, script, size) => {
    const { lister, foundry } = await listing(
      (_path, _request, count) => (count === 1 ? SCRIPTS[script] : page([], 0, 'last')),
      {
        pageSize: 2_000,
        headTimeoutMs: 200,
      },
    );
    await failure(lister.list('apps'));
    await lister.list('apps');
    await lister.list('domains');
    expect(foundry.requests).toEqual([
      '/v3/apps?page=1&per_page=2000',
      `/v3/apps?page=1&per_page=${size}`,
      '/v3/domains?page=1&per_page=2000',
    ]);
  });

  test('is halved once while nothing is answered, and comes back after ten readings', async () => {
    let hangs = true;
    const { lister, foundry } = await listing(() => (hangs ? undefined : page([], 0, 'last')), {
      pageSize: 180,
      headTimeoutMs: 50,
    });
    for (let n = 0; n < 2; n += 1) await failure(lister.list('apps'));
    hangs = false;
    for (let n = 0; n < 11; n += 1) await lister.list('apps');
    const sizes = foundry.requests.map((path) => Number(path.match(/per_page=(\d+)/)?.[1]));
    expect(sizes).toEqual([180, ...Array.from({ length: 11 }, () => 90), 180]);
  });

  test.each<[string, CloudFoundryAnswers]>([
    [
      'UAA',
      { uaa: (_, count) => (count === 1 ? { status: 504, body: '' } : { body: { access_token: 't', expires_in: 9 } }) },
    ],
    [
      'the root document',
      {
        root: (origin, count) =>
          count === 1 ? { status: 504, body: '' } : { body: { links: { uaa: { href: origin } } } },
      },
    ],
  ])('%s being late halves nothing', async (_, answers) => {
    const client = await clientOf({ ...answers, api: () => page([], 0, 'last') });
    const lister = createLister({
      api: client.api,
      pageSize: 180,
      log: client.logged.log,
      observe: { dropped: () => undefined },
    });
    await failure(lister.list('apps'));
    client.clock.advance(1_000);
    await lister.list('apps');
    expect(client.foundry.requests).toEqual(['/v3/apps?page=1&per_page=180']);
  });
});

describe('filters', () => {
  const uuid = (n: number): string => `${String(n).padStart(8, '0')}-1111-2222-3333-444444444444`;

  test('a thousand guids: every request line below 8 KiB, every guid once', async () => {
    const { lister, foundry } = await listing(() => page([], 0, 'last'));
    const guids = Array.from({ length: 1_000 }, (_, n) => uuid(n));
    await lister.list('processes', { parameter: 'space_guids', guids });
    expect(foundry.requests.length).toBe(5);
    for (const path of foundry.requests) {
      expect(`GET ${path} HTTP/1.1\r\n`.length).toBeLessThan(8 * 1024);
      expect(path).toMatch(/^\/v3\/processes\?types=web&space_guids=/);
    }
    const asked = foundry.requests.flatMap((path) =>
      new URL(path, 'http://x').searchParams.get('space_guids')?.split(','),
    );
    expect(asked).toEqual(guids);
  });

  test.each<[number, number, number]>([
    [200, 36, 1],
    [201, 36, 2],
    [100, 200, 3],
    [10, 10, 1],
  ])('%d guids of %d bytes are %d requests', (count, length, requests) => {
    const guids = Array.from({ length: count }, (_, n) => String(n).padStart(length, 'x'));
    const found = queries('/v3/apps', { parameter: 'app_guids', guids });
    expect(found.length).toBe(requests);
    for (const query of found) expect(query.length).toBeLessThan(8_000);
  });

  test('odd guids are encoded', () => {
    expect(queries('/v3/apps', { parameter: 'app_guids', guids: ['a,b&c', 'ü'] })).toEqual([
      '/v3/apps?app_guids=a%2Cb%26c,%C3%BC',
    ]);
  });

  test('one batch that fails fails the list', async () => {
    const { lister } = await listing((_path, _request, count) =>
      count === 2 ? { status: 500, body: '' } : page([], 0, 'last'),
    );
    const guids = Array.from({ length: 300 }, (_, n) => uuid(n));
    expect((await failure(lister.list('apps', { parameter: 'space_guids', guids }))).code).toBe('api_status');
  });
});
