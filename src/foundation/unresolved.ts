import type { Inventory } from './inventory.js';
import type { App, Process, ResourceKind, Route } from './resources.js';

/** A guid that one list names and another lacks, or an application that lacks its part: with the list that may know it. */
export type Unresolved = ReadonlyMap<string, ResourceKind>;

/**
 * Lists are read one after the other, so one may know what another has not seen yet. Some of these never resolve (workers
 * without a route, applications that we may not see): compare with the earlier answer and ask for what is new only.
 */
export function findUnresolved(inventory: Inventory): Unresolved {
  const { organizations, spaces, apps, processes, routes, domains, plan } = inventory;
  const missing = new Map<string, ResourceKind>();
  const note = (kind: ResourceKind, guid: string): void => {
    missing.set(`${kind} ${guid}`, kind);
  };

  for (const space of spaces.values())
    if (!organizations.has(space.organizationGuid)) note('organizations', space.organizationGuid);

  const withProcess = new Set<string>();
  for (const process of processes.values()) {
    withProcess.add(process.appGuid);
    if (!apps.has(process.appGuid)) note('apps', process.appGuid);
  }

  const withRoute = new Set<string>();
  for (const route of routes.values()) {
    if (!domains.has(route.domainGuid)) note('domains', route.domainGuid);
    for (const { appGuid } of route.destinations) {
      withRoute.add(appGuid);
      if (plan.spaces === 'all' && !apps.has(appGuid)) note('apps', appGuid);
    }
  }

  for (const app of apps.values()) {
    if (!spaces.has(app.spaceGuid)) note('spaces', app.spaceGuid);
    if (app.state !== 'STARTED') continue;
    if (!withProcess.has(app.guid)) note('processes', app.guid);
    if (!withRoute.has(app.guid)) note('routes', app.guid);
  }
  return missing;
}

/** Started applications with instances of a web process to which none of these routes leads. */
export function findUnrouted(
  apps: ReadonlyMap<string, App> = new Map(),
  processes: ReadonlyMap<string, Process> = new Map(),
  routes: ReadonlyMap<string, Route> = new Map(),
): string[] {
  const running = new Set([...processes.values()].filter((each) => each.instances > 0).map((each) => each.appGuid));
  const routed = new Set([...routes.values()].flatMap((route) => route.destinations.map((each) => each.appGuid)));
  const unrouted = [...apps.values()].filter(
    (app) => app.state === 'STARTED' && running.has(app.guid) && !routed.has(app.guid),
  );
  return unrouted.map((app) => app.guid);
}
