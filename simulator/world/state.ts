import type { Clock } from '../../src/base/clock.js';
import type { Random } from '../random.js';
import { SimulatorError } from '../simulator-error.js';
import type {
  Application,
  AuditEvent,
  Deployment,
  Domain,
  Instance,
  Organization,
  Process,
  Route,
  Space,
} from './records.js';

/** All records of a world in order of creation, with the indexes that answer requests quickly. */
export interface WorldState {
  readonly organizations: Map<string, Organization>;
  readonly spaces: Map<string, Space>;
  readonly domains: Map<string, Domain>;
  readonly applications: Map<string, Application>;
  readonly processes: Map<string, Process>;
  readonly routes: Map<string, Route>;
  readonly deployments: Map<string, Deployment>;
  /** Oldest first, bounded. */
  readonly events: AuditEvent[];
  /** Lower-case host names, wildcards as `*.domain`; longest path first. */
  readonly routesByHost: Map<string, Route[]>;
  readonly random: Random;
  readonly clock: Clock;
  /** Size of expositions of applications that say nothing else. */
  readonly bodyBytes: number;
  /** What the router learnt last has the highest number. */
  registrations: number;
  /** Undefined where no application is made of real processes. */
  runner: InstanceRunner | undefined;
}

/** What runs the instances of applications that are real processes. */
export interface InstanceRunner {
  /** The instance is STARTING; from here on the runner alone changes what it is. */
  start(instance: Instance): void;
  /** The instance is wanted no more, and no longer among those of its process. */
  stop(instance: Instance): void;
}

export interface StateOptions {
  readonly random: Random;
  readonly clock: Clock;
  readonly bodyBytes: number;
}

export function emptyState(options: StateOptions): WorldState {
  return {
    organizations: new Map(),
    spaces: new Map(),
    domains: new Map(),
    applications: new Map(),
    processes: new Map(),
    routes: new Map(),
    deployments: new Map(),
    events: [],
    routesByHost: new Map(),
    random: options.random,
    clock: options.clock,
    bodyBytes: options.bodyBytes,
    registrations: 0,
    runner: undefined,
  };
}

/** `host.domain`, or the domain alone for an empty host, as Cloud Controller shows it. */
export function fullHost(route: Pick<Route, 'host' | 'domain'>): string {
  return route.host === '' ? route.domain.name : `${route.host}.${route.domain.name}`;
}

/** The `url` of a route: no scheme; with the path, or with the port of a TCP route. */
export function routeUrl(route: Route): string {
  if (route.port !== undefined) return `${fullHost(route)}:${route.port}`;
  return fullHost(route) + route.path;
}

export function findOrganization(state: WorldState, nameOrGuid: string): Organization {
  return findIn(state.organizations, nameOrGuid, 'organization');
}

/** By guid, by name, or by `organization/space` where the name alone says too little. */
export function findSpace(state: WorldState, nameOrGuid: string): Space {
  const slash = nameOrGuid.indexOf('/');
  if (slash < 0) return findIn(state.spaces, nameOrGuid, 'space');
  const organization = findOrganization(state, nameOrGuid.slice(0, slash));
  const name = nameOrGuid.slice(slash + 1);
  const found = [...state.spaces.values()].find((space) => space.organization === organization && space.name === name);
  if (found === undefined) throw notFound('space', nameOrGuid);
  return found;
}

export function findApplication(state: WorldState, nameOrGuid: string): Application {
  return findIn(state.applications, nameOrGuid, 'application');
}

export function findDomain(state: WorldState, nameOrGuid: string): Domain {
  return findIn(state.domains, nameOrGuid, 'domain');
}

/** By guid or by what the API shows as `url`. */
export function findRoute(state: WorldState, urlOrGuid: string): Route {
  const byGuid = state.routes.get(urlOrGuid);
  if (byGuid !== undefined) return byGuid;
  const wanted = urlOrGuid.toLowerCase();
  for (const route of state.routes.values()) {
    if (routeUrl(route).toLowerCase() === wanted) return route;
  }
  throw notFound('route', urlOrGuid);
}

/** The newest process of a type, as Cloud Controller picks it; undefined when there is none. */
export function newestProcess(application: Application, type: string): Process | undefined {
  return application.processes.findLast((process) => process.type === type);
}

/** Puts a route where requests find it. */
export function indexRoute(state: WorldState, route: Route): void {
  state.routes.set(route.guid, route);
  if (route.port !== undefined) return;
  const host = fullHost(route).toLowerCase();
  const others = state.routesByHost.get(host) ?? [];
  state.routesByHost.set(
    host,
    [...others, route].sort((a, b) => b.path.length - a.path.length),
  );
}

export function forgetRoute(state: WorldState, route: Route): void {
  state.routes.delete(route.guid);
  const host = fullHost(route).toLowerCase();
  const rest = (state.routesByHost.get(host) ?? []).filter((each) => each !== route);
  if (rest.length === 0) state.routesByHost.delete(host);
  else state.routesByHost.set(host, rest);
}

interface Named {
  readonly guid: string;
  readonly name: string;
}

function findIn<T extends Named>(records: ReadonlyMap<string, T>, nameOrGuid: string, kind: string): T {
  const byGuid = records.get(nameOrGuid);
  if (byGuid !== undefined) return byGuid;
  const byName = [...records.values()].filter((record) => record.name === nameOrGuid);
  const [first, second] = byName;
  if (first === undefined) throw notFound(kind, nameOrGuid);
  if (second !== undefined) {
    throw new SimulatorError('ambiguous', `${byName.length} ${kind}s have the name ${nameOrGuid}: use the guid`);
  }
  return first;
}

function notFound(kind: string, nameOrGuid: string): SimulatorError {
  return new SimulatorError(
    'not_found',
    `The simulated world has no ${kind} ${nameOrGuid}: use a name or a guid of it`,
  );
}
