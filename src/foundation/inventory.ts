import type { App, Domain, Organization, Process, Route, Space } from './resources.js';

/**
 * Which spaces an inventory was asked for. Organizations, spaces and domains are always listed whole; applications,
 * processes and routes either whole or for these spaces.
 */
export type Plan = { readonly spaces: 'all' } | { readonly spaces: ReadonlySet<string> };

/** One complete, immutable snapshot of a foundation. Keys are guids, in the API's order (oldest first). */
export interface Inventory {
  readonly foundation: string;
  readonly plan: Plan;
  readonly organizations: ReadonlyMap<string, Organization>;
  readonly spaces: ReadonlyMap<string, Space>;
  readonly apps: ReadonlyMap<string, App>;
  readonly processes: ReadonlyMap<string, Process>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly domains: ReadonlyMap<string, Domain>;
}
