import type { Inventory } from './inventory.js';
import { createListState, type ListState, type ListStateOptions } from './list-state.js';
import { RESOURCE_KINDS, type ResourceKind } from './resources.js';

/** The state of all lists of a foundation. */
export type Lists = { readonly [K in ResourceKind]: ListState<K> };

export function createLists(options: (kind: ResourceKind) => ListStateOptions): Lists {
  return {
    organizations: createListState(options('organizations')),
    spaces: createListState(options('spaces')),
    apps: createListState(options('apps')),
    processes: createListState(options('processes')),
    routes: createListState(options('routes')),
    domains: createListState(options('domains')),
  };
}

/** What each list said last; undefined where it was never read. */
export function elementsOf(lists: Lists): { readonly [K in ResourceKind]: Lists[K]['elements'] } {
  return {
    organizations: lists.organizations.elements,
    spaces: lists.spaces.elements,
    apps: lists.apps.elements,
    processes: lists.processes.elements,
    routes: lists.routes.elements,
    domains: lists.domains.elements,
  };
}

/** Undefined until every list has been read, the narrowed ones by one and the same plan. */
export function assemble(foundation: string, lists: Lists): Inventory | undefined {
  const { organizations, spaces, apps, processes, routes, domains } = elementsOf(lists);
  const { plan } = lists.apps;
  if (plan === undefined || lists.processes.plan !== plan || lists.routes.plan !== plan) return undefined;
  if (!organizations || !spaces || !apps || !processes || !routes || !domains) return undefined;
  return { foundation, plan, organizations, spaces, apps, processes, routes, domains };
}

/** By identity: a list whose bytes did not change keeps its map. */
export function sameLists(one: Inventory, other: Inventory): boolean {
  return one.plan === other.plan && RESOURCE_KINDS.every((kind) => one[kind] === other[kind]);
}
