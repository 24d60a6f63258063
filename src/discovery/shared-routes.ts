import { oneLine } from '../base/errors.js';
import type { Inventory } from '../foundation/inventory.js';
import type { App, Route } from '../foundation/resources.js';
import { placeName } from './place-name.js';

/** Names in one sentence; beyond it only their number. */
const MOST_NAMES = 5;

/**
 * Sentences about internal routes in use that lead to more than one application. Their names resolve to instance n of
 * any of them (facts/cloud-foundry.md 5.5), so a scrape may meet the wrong one. A stopped application does not answer
 * and does not count; one that this inventory does not hold may run, and is named by its guid.
 */
export function sharedRouteWarnings(routesInUse: Iterable<Route>, inventory: Inventory): string[] {
  const warnings: string[] = [];
  for (const route of new Set(routesInUse)) {
    const guids = [...new Set(route.destinations.map(({ appGuid }) => appGuid))];
    if (guids.length < 2) continue;
    const names = guids.flatMap((guid) => nameIfRunning(guid, inventory)).sort();
    if (names.length > 1) warnings.push(sentence(route.url, names));
  }
  return warnings.sort();
}

function nameIfRunning(guid: string, inventory: Inventory): string[] {
  const app = inventory.apps.get(guid);
  if (app === undefined) return [guid];
  return app.state === 'STARTED' ? [nameWithPlace(app, inventory)] : [];
}

function nameWithPlace(app: App, inventory: Inventory): string {
  const space = inventory.spaces.get(app.spaceGuid);
  const organization = space === undefined ? undefined : inventory.organizations.get(space.organizationGuid);
  return placeName(...[organization?.name, space?.name, app.name].filter((name) => name !== undefined));
}

function sentence(url: string, names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES);
  const rest = names.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  const list = `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
  return oneLine(
    `The internal route ${url} belongs to ${list}: instance n of one may answer for another. Map it to one of them only.`,
  );
}
