import { oneLine } from '../base/errors.js';
import type { Inventory } from '../foundation/inventory.js';
import type { App, Process, Route } from '../foundation/resources.js';
import { type AppRoutes, indexRoutes, type WebRoute } from './choose-route.js';
import type { LeftOutReason } from './directory.js';
import { groupBy, indexByName, type NameIndex } from './name-selector.js';

/** What an inventory says about applications, joined by their guids, so that what one lacks touches no other. */
export interface ApplicationFacts {
  readonly bySpace: ReadonlyMap<string, NameIndex<App>>;
  readonly processes: ReadonlyMap<string, readonly Process[]>;
  readonly routes: ReadonlyMap<string, AppRoutes>;
}

/** Whether an application can be scraped at all, whatever the rule. */
export type Readiness =
  | { readonly kind: 'ready'; readonly process: Process; readonly routes: readonly WebRoute[] }
  | Lack;

export interface Lack {
  readonly kind: 'lack';
  readonly reason: LeftOutReason;
  /** The reason in words. */
  readonly detail: string;
}

// Constant texts, since a big foundation has thousands of these.
const STOPPED: Lack = { kind: 'lack', reason: 'stopped', detail: 'the application is stopped' };
const NO_WEB_PROCESS: Lack = { kind: 'lack', reason: 'no_web_process', detail: 'it has no process of type web' };
const NO_INSTANCES: Lack = { kind: 'lack', reason: 'no_instances', detail: 'its web process is scaled to 0 instances' };
const NO_ROUTE: Lack = { kind: 'lack', reason: 'no_route', detail: 'no route leads to it' };
const NO_WEB_ROUTE: Lack = {
  kind: 'lack',
  reason: 'no_route',
  detail: 'none of its routes leads over HTTP to its web process; TCP routes and other process types do not count',
};

/** A route's host and path are the tenant's choice. */
const LONGEST_URL = 300;

/** One pass over each list; everything after it is lookups. */
export function collectFacts(inventory: Inventory): ApplicationFacts {
  const bySpace = new Map<string, NameIndex<App>>();
  for (const [guid, apps] of groupBy(inventory.apps.values(), (app) => app.spaceGuid)) {
    bySpace.set(guid, indexByName(apps));
  }
  return {
    bySpace,
    processes: groupBy(inventory.processes.values(), (process) => process.appGuid),
    routes: indexRoutes(inventory.routes.values(), inventory.domains),
  };
}

export function readinessOf(app: App, facts: ApplicationFacts): Readiness {
  if (app.state !== 'STARTED') return STOPPED;
  const process = largest(facts.processes.get(app.guid) ?? []);
  if (process === undefined) return NO_WEB_PROCESS;
  if (process.instances < 1) return NO_INSTANCES;
  const routes = facts.routes.get(app.guid);
  if (routes === undefined) return NO_ROUTE;
  if (routes.web.length > 0) return { kind: 'ready', process, routes: routes.web };
  const [unusable] = routes.unusable;
  return unusable === undefined ? NO_WEB_ROUTE : unusableRoute(unusable);
}

function unusableRoute(route: Route): Lack {
  const detail = `its route ${oneLine(route.url).slice(0, LONGEST_URL)} cannot be asked, because its host is no name that a URL and DNS can hold, and no other route leads to it`;
  return { kind: 'lack', reason: 'no_route', detail };
}

/**
 * The web process that counts: the one with most instances; of equals the newest, which the router prefers too
 * (facts/cloud-foundry.md 5.2). There are several only during a deployment, with overlapping indices.
 */
function largest(processes: readonly Process[]): Process | undefined {
  let chosen: Process | undefined;
  for (const process of processes) {
    if (chosen === undefined || process.instances >= chosen.instances) chosen = process;
  }
  return chosen;
}
