import { createHash } from 'node:crypto';
import type { Route } from '../foundation/resources.js';
import { type Address, originFor } from './address.js';
import type { Target, TargetApplication } from './directory.js';
import type { Rule } from './rules.js';

/** One application with the endpoints that the rules found for it. */
export interface PlacedApp {
  /** How many instances it wants: indices are those below. */
  readonly instances: number;
  /** By endpoint, in the rules' order; never empty. */
  readonly placements: ReadonlyMap<string, Placement>;
}

export interface Placement {
  readonly rule: Rule;
  readonly application: TargetApplication;
  readonly address: Address;
  readonly route: Route;
  /** Third segment of the key; the first endpoint of an application has none. */
  readonly segment: string | undefined;
}

/** Targets in the directory's order: names as a person would look for them; guids decide between equal names. */
export function targetsInOrder(apps: Iterable<PlacedApp>): Target[] {
  return [...apps]
    .map((app) => ({ app, keys: sortKeys(app) }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .flatMap(({ app }) => targetsOf(app));
}

/**
 * A key segment out of an endpoint alone, so that neither other applications nor other rules move it. 48 bits are
 * plenty to keep the few endpoints of one application apart.
 */
export function segmentFor(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('hex').slice(0, 12);
}

function sortKeys({ placements }: PlacedApp): readonly string[] {
  for (const { application } of placements.values()) {
    const { organizationName, organizationGuid, spaceName, spaceGuid, name, guid } = application;
    return [organizationName, organizationGuid, spaceName, spaceGuid, name, guid];
  }
  return [];
}

/** By code units: an order that depends on no locale. */
function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [position, key] of a.entries()) {
    const other = b[position] ?? '';
    if (key !== other) return key < other ? -1 : 1;
  }
  return 0;
}

function targetsOf({ instances, placements }: PlacedApp): Target[] {
  const targets: Target[] = [];
  for (let index = 0; index < instances; index += 1) {
    for (const placement of placements.values()) targets.push(targetOf(placement, index));
  }
  return targets;
}

function targetOf({ application, address, segment }: Placement, index: number): Target {
  const parts = segment === undefined ? [application.guid, index] : [application.guid, index, segment];
  return {
    key: parts.join('/'),
    instanceId: parts.join(':'),
    index,
    origin: originFor(address, index),
    path: address.path,
    instanceHeader: address.kind === 'router' ? `${application.guid}:${index}` : undefined,
    application,
  };
}
