import { elementsOf, type Lists } from './lists.js';
import {
  type App,
  type Organization,
  type Process,
  RESOURCE_KINDS,
  type ResourceKind,
  type Route,
  type Space,
} from './resources.js';
import { findUnrouted } from './unresolved.js';

/**
 * Lists that lack what other lists name, so that one answer is not enough for a first inventory: there is nothing yet
 * that they could have shrunk from.
 *
 * An element that stands for itself in one list and has to stand in another (the application of a process, the space of
 * an application) is missed at once. Where many foundations have gaps (workers without a route, routes to applications
 * that we may not see, organizations without spaces), more than half has to be missing.
 */
export function findDoubtful(lists: Lists): ResourceKind[] {
  const { organizations, spaces, apps, processes, routes, domains } = elementsOf(lists);
  const isListedWhole = lists.apps.plan?.spaces === 'all';
  const doubts: Readonly<Record<ResourceKind, boolean>> = {
    organizations: lacks(organizations, spaces, (space) => space.organizationGuid),
    spaces: lacks(spaces, apps, (app) => app.spaceGuid) || lacksSpaces(organizations, spaces),
    apps: lacks(apps, processes, (process) => process.appGuid) || (isListedWhole && lacksRouted(apps, routes)),
    processes: lacksProcesses(apps, processes),
    routes: lacksRoutes(apps, processes, routes),
    domains: lacks(domains, routes, (route) => route.domainGuid),
  };
  return RESOURCE_KINDS.filter((kind) => doubts[kind]);
}

type Elements<T> = ReadonlyMap<string, T> | undefined;

const MOST_MISSING = 0.5;

/** Whether an element is named that this list does not have. */
function lacks<T>(list: Elements<unknown>, others: Elements<T>, nameOf: (other: T) => string): boolean {
  if (list === undefined || others === undefined) return false;
  return [...others.values()].some((other) => !list.has(nameOf(other)));
}

function lacksSpaces(organizations: Elements<Organization>, spaces: Elements<Space>): boolean {
  if (organizations === undefined || spaces === undefined) return false;
  const known = new Set([...spaces.values()].map((space) => space.organizationGuid));
  return isMostMissing([...organizations.keys()], known);
}

function lacksRouted(apps: Elements<App>, routes: Elements<Route>): boolean {
  if (apps === undefined || routes === undefined) return false;
  const named = new Set([...routes.values()].flatMap((route) => route.destinations.map(({ appGuid }) => appGuid)));
  return isMostMissing([...named], apps);
}

/** Every application has a web process, even one that runs none. */
function lacksProcesses(apps: Elements<App>, processes: Elements<Process>): boolean {
  if (apps === undefined || processes === undefined) return false;
  const known = new Set([...processes.values()].map((process) => process.appGuid));
  return [...apps.values()].some((app) => app.state === 'STARTED' && !known.has(app.guid));
}

function lacksRoutes(apps: Elements<App>, processes: Elements<Process>, routes: Elements<Route>): boolean {
  if (routes === undefined) return false;
  const wanted = findUnrouted(apps, processes);
  return findUnrouted(apps, processes, routes).length > wanted.length * MOST_MISSING;
}

function isMostMissing(wanted: readonly string[], known: { has(guid: string): boolean }): boolean {
  const missing = wanted.filter((guid) => !known.has(guid)).length;
  return missing > wanted.length * MOST_MISSING;
}
