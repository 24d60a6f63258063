import { expect, test, vi } from 'vitest';
import { clientOf } from '../../test/support/foundation/api-client.js';
import type { Answer } from '../../test/support/foundation/cloud-foundry.js';
import type { Inventory } from './inventory.js';
import { createLister } from './list-resources.js';
import type { Scope } from './plan.js';
import { createRefresher } from './refresh.js';
import { perKind } from './resources.js';

/** The world of issue 3: 250 organizations, 1,750 spaces, 3,500 applications of one instance and one route. */
function bigWorld(): Readonly<Record<string, readonly unknown[]>> {
  const one = (kind: string, guid: string): unknown => ({ [kind]: { data: { guid } } });
  const times = (count: number, make: (n: number) => unknown): readonly unknown[] =>
    Array.from({ length: count }, (_, n) => make(n));
  const space = (n: number): string => `space-${n % 1_750}`;
  return {
    organizations: times(250, (n) => ({ guid: `org-${n}`, name: `org-${n}` })),
    spaces: times(1_750, (n) => ({
      guid: space(n),
      name: space(n),
      relationships: one('organization', `org-${n % 250}`),
    })),
    apps: times(3_500, (n) => ({
      guid: `app-${n}`,
      name: `app-${n}`,
      state: 'STARTED',
      relationships: one('space', space(n)),
    })),
    processes: times(3_500, (n) => ({
      guid: `app-${n}`,
      type: 'web',
      instances: 1,
      relationships: one('app', `app-${n}`),
      space: space(n),
    })),
    routes: times(3_500, (n) => ({
      guid: `route-${n}`,
      url: `app-${n}.example.org`,
      host: `app-${n}`,
      protocol: 'http',
      destinations: [{ app: { guid: `app-${n}`, process: { type: 'web' } }, port: 8080 }],
      relationships: { domain: { data: { guid: 'domain-0' } }, space: { data: { guid: space(n) } } },
    })),
    domains: [{ guid: 'domain-0', name: 'example.org', internal: false }],
  };
}

/** Filters by space and cuts into pages, as the API does. */
function answer(world: Readonly<Record<string, readonly unknown[]>>, path: string): Answer {
  const url = new URL(path, 'http://x');
  const query = url.searchParams;
  const spaces = query.get('space_guids')?.split(',');
  const all = (world[url.pathname.replace('/v3/', '')] ?? []).filter(
    (element) => spaces === undefined || spaces.some((guid) => JSON.stringify(element).includes(`"${guid}"`)),
  );
  const [number, size] = [Number(query.get('page')), Number(query.get('per_page'))];
  const resources = all.slice((number - 1) * size, number * size);
  const next = number * size < all.length ? { href: 'http://x/' } : null;
  return { body: { pagination: { total_results: resources.length === 0 ? 0 : all.length, next }, resources } };
}

const WHOLE: Scope = { everything: true, choosePlan: () => ({ spaces: 'all' }), isCoveredBy: () => true };
const ONE_SPACE: Scope = {
  everything: false,
  choosePlan: () => ({ spaces: new Set(['space-7']) }),
  isCoveredBy: () => true,
};

test.each<[string, number, number, number, Scope]>([
  ['everything', 1_000, 20, 3_500, WHOLE],
  ['one space', 1_000, 6, 2, ONE_SPACE],
])('%s: with pages of about %d, at most %d requests', async (_, pageSize, mostRequests, apps, scope) => {
  const world = bigWorld();
  const client = await clientOf({ api: (path) => answer(world, path) });
  const inventories: Inventory[] = [];
  const refresher = createRefresher({
    foundation: 'default',
    lister: createLister({ api: client.api, pageSize, log: client.logged.log, observe: { dropped: () => undefined } }),
    scope,
    refreshMs: perKind(() => 60_000),
    backoffMs: 1_000,
    clock: client.clock,
    random: () => 0.5,
    log: client.logged.log,
    observe: { listed: () => undefined, shrunk: () => undefined },
    shrinkShares: perKind(() => 0.5),
    onInventory: (inventory) => inventories.push(inventory),
  });
  refresher.start();
  client.clock.advance(0);
  await vi.waitFor(() => expect(inventories.length).toBe(1), { timeout: 10_000 });
  client.clock.advance(0);
  expect(client.foundry.requests.length).toBeLessThanOrEqual(mostRequests);
  expect(inventories[0]?.apps.size).toBe(apps);
  expect(client.foundry.requests.some((path) => path.startsWith('/v3/apps?page='))).toBe(scope.everything);

  // Nothing has changed: the next round asks, but makes no new inventory.
  const cold = client.foundry.requests.length;
  await vi.waitFor(() => {
    client.clock.advance(60_000);
    expect(client.foundry.requests.length).toBeGreaterThanOrEqual(cold * 2);
  });
  expect(inventories.length).toBe(1);
});
