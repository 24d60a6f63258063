import type { Milliseconds } from '../../src/base/duration.js';
import { SimulatorError } from '../simulator-error.js';
import { applicationEvent, routeEvent } from './events.js';
import type { Application, Destination, Domain, Route } from './records.js';
import {
  findApplication,
  findDomain,
  findRoute,
  findSpace,
  forgetRoute,
  indexRoute,
  type WorldState,
} from './state.js';

/** Where requests come from, and the part of the application that they reach. */
export interface DestinationOptions {
  /** `host.domain/path` instead of host, domain and path. */
  readonly route?: string;
  /** `*` for a wildcard, empty for the domain itself. */
  readonly host?: string;
  /** Name or guid. */
  readonly domain?: string;
  readonly path?: string;
  /** Port of a TCP route. */
  readonly tcpPort?: number;
  /** Default web. */
  readonly processType?: string;
  /** Port inside the container. Default 8080. */
  readonly port?: number;
  readonly createdMs?: Milliseconds;
}

export interface MapRouteOptions extends DestinationOptions {
  /** Name or guid. */
  readonly app: string;
}

/** Makes the route if need be and adds a destination. Neither route nor application counts as updated (facts 3.11). */
export function mapRoute(state: WorldState, options: MapRouteOptions): Route {
  const application = findApplication(state, options.app);
  const place = options.route === undefined ? placeOf(state, options) : parseRoute(state, options.route);
  const route = existing(state, place) ?? createRoute(state, { ...place, application, createdMs: options.createdMs });
  const port = options.port ?? 8080;
  const processType = options.processType ?? 'web';
  const known = route.destinations.some((destination) => same(destination, { application, processType, port }));
  if (!known) addDestination(state, route, { application, processType, port, createdMs: options.createdMs });
  return route;
}

export interface UnmapRouteOptions {
  /** Name or guid. */
  readonly app: string;
  /** The route's `url` or guid. */
  readonly route: string;
}

/** Takes the application's destinations away; the route stays, if need be without any. */
export function unmapRoute(state: WorldState, options: UnmapRouteOptions): Route {
  const application = findApplication(state, options.app);
  const route = findRoute(state, options.route);
  route.destinations = route.destinations.filter((destination) => destination.application !== application);
  application.routes.delete(route);
  applicationEvent(state, application, 'audit.app.unmap-route', { route_guid: route.guid });
  return route;
}

export function deleteRoute(state: WorldState, urlOrGuid: string): Route {
  const route = findRoute(state, urlOrGuid);
  for (const destination of route.destinations) destination.application.routes.delete(route);
  route.destinations = [];
  forgetRoute(state, route);
  routeEvent(state, route, 'audit.route.delete-request');
  return route;
}

export interface ShareRouteOptions {
  readonly route: string;
  /** Name, guid or `organization/space`. */
  readonly space: string;
}

/** Lets another space see and use a route. */
export function shareRoute(state: WorldState, options: ShareRouteOptions): Route {
  const route = findRoute(state, options.route);
  route.sharedWith.push(findSpace(state, options.space));
  routeEvent(state, route, 'audit.route.share');
  return route;
}

interface Place {
  readonly host: string;
  readonly domain: Domain;
  readonly path: string;
  readonly tcpPort: number | undefined;
}

function placeOf(state: WorldState, options: MapRouteOptions): Place {
  if (options.domain === undefined) throw new SimulatorError('invalid', 'mapRoute needs a route or a domain');
  const path = options.path ?? '';
  if (path !== '' && !path.startsWith('/')) throw new SimulatorError('invalid', `The path ${path} has to begin with /`);
  return { host: options.host ?? '', domain: findDomain(state, options.domain), path, tcpPort: options.tcpPort };
}

/** The domain is the longest known one that the host ends in. */
function parseRoute(state: WorldState, text: string): Place {
  const slash = text.indexOf('/');
  const authority = (slash < 0 ? text : text.slice(0, slash)).toLowerCase();
  const path = slash < 0 ? '' : text.slice(slash);
  const [host = '', port] = authority.split(':');
  const candidates = [...state.domains.values()].filter(
    (domain) => host === domain.name || host.endsWith(`.${domain.name}`),
  );
  const domain = candidates.sort((a, b) => b.name.length - a.name.length)[0];
  if (domain === undefined)
    throw new SimulatorError('not_found', `No domain of the world fits the route ${text}: create the domain first`);
  const label = host === domain.name ? '' : host.slice(0, -domain.name.length - 1);
  return { host: label, domain, path, tcpPort: port === undefined ? undefined : Number(port) };
}

function existing(state: WorldState, place: Place): Route | undefined {
  const host = place.host === '' ? place.domain.name : `${place.host}.${place.domain.name}`;
  const sameHost =
    place.tcpPort === undefined ? (state.routesByHost.get(host.toLowerCase()) ?? []) : state.routes.values();
  for (const route of sameHost) {
    const fits = route.host === place.host && route.domain === place.domain;
    if (fits && route.path === place.path && route.port === place.tcpPort) return route;
  }
  return undefined;
}

interface NewRoute extends Place {
  readonly application: Application;
  readonly createdMs: Milliseconds | undefined;
}

function createRoute(state: WorldState, options: NewRoute): Route {
  const createdMs = options.createdMs ?? state.clock.now();
  const route: Route = {
    guid: state.random.guid(),
    createdMs,
    updatedMs: createdMs,
    metadata: { labels: {}, annotations: {} },
    host: options.host,
    domain: options.domain,
    path: options.path,
    port: options.tcpPort,
    space: options.application.space,
    sharedWith: [],
    destinations: [],
    options: {},
    prunedMs: undefined,
    turn: 0,
  };
  indexRoute(state, route);
  routeEvent(state, route, 'audit.route.create');
  return route;
}

interface NewDestination {
  readonly application: Application;
  readonly processType: string;
  readonly port: number;
  readonly createdMs: Milliseconds | undefined;
}

function addDestination(state: WorldState, route: Route, options: NewDestination): void {
  const { application, processType, port } = options;
  const destination: Destination = {
    guid: state.random.guid(),
    application,
    processType,
    port,
    protocol: route.port === undefined ? 'http1' : 'tcp',
    createdMs: options.createdMs ?? state.clock.now(),
  };
  route.destinations = [...route.destinations, destination].sort((a, b) => (a.guid < b.guid ? -1 : 1));
  application.routes.add(route);
  applicationEvent(state, application, 'audit.app.map-route', {
    route_guid: route.guid,
    app_port: port,
    route_mapping_guid: destination.guid,
    destination_guid: destination.guid,
    process_type: processType,
    weight: null,
    protocol: destination.protocol,
  });
}

type DestinationKey = Pick<Destination, 'application' | 'processType' | 'port'>;

function same(a: DestinationKey, b: DestinationKey): boolean {
  return a.application === b.application && a.processType === b.processType && a.port === b.port;
}
