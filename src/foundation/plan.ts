import type { Inventory, Plan } from './inventory.js';
import type { Organization, ResourceKind, Space } from './resources.js';

/** What the rules want of a foundation, as far as lists can be narrowed by it. */
export interface Scope {
  /** True when every space is wanted whatever there is: then all lists can be asked for at once. */
  readonly everything: boolean;
  choosePlan(organizations: ReadonlyMap<string, Organization>, spaces: ReadonlyMap<string, Space>): Plan;
  /** Whether an inventory holds all that the rules may select. */
  isCoveredBy(inventory: Inventory): boolean;
}

/** Kinds that are narrowed to the spaces of the plan. */
export const NARROWED = ['apps', 'processes', 'routes'] as const satisfies readonly ResourceKind[];

export type NarrowedKind = (typeof NARROWED)[number];

export function isNarrowed(kind: ResourceKind): boolean {
  return NARROWED.some((each) => each === kind);
}

export const EVERYTHING: Plan = { spaces: 'all' };

export function samePlan(one: Plan, other: Plan): boolean {
  if (one.spaces === 'all' || other.spaces === 'all') return one.spaces === other.spaces;
  const others = other.spaces;
  return one.spaces.size === others.size && [...one.spaces].every((guid) => others.has(guid));
}
