import type { Destination, Domain, Route } from '../foundation/resources.js';
import type { TextMatcher } from './rules.js';
import { isUrlHost } from './url-host.js';

/** A route over which one application's web process can be asked. */
export interface WebRoute {
  readonly route: Route;
  /** Host to connect to; a wildcard replaced by the application's guid. Lower case, no port. */
  readonly authority: string;
  readonly domain: string;
  readonly internal: boolean;
  /** Ports of the application behind it. More than one only if the route leads to several of them. */
  readonly ports: readonly number[];
}

export interface AppRoutes {
  /** In the API's order, oldest first. */
  readonly web: WebRoute[];
  /** Whether TCP routes or routes to other process types lead to it, for the explanation. */
  hasOthers: boolean;
  /** Routes that would count, but whose host no URL may name; for the explanation. */
  readonly unusable: Route[];
}

/** What Cloud Foundry takes when a destination names none (facts/cloud-foundry.md 3.7). */
const DEFAULT_PORT = 8080;

/** Routes by the guid of the application that they lead to. TCP routes and other process types never count. */
export function indexRoutes(routes: Iterable<Route>, domains: ReadonlyMap<string, Domain>): Map<string, AppRoutes> {
  const byApp = new Map<string, AppRoutes>();
  for (const route of routes) {
    for (const destination of route.destinations) addRoute(byApp, { route, destination, domains });
  }
  return byApp;
}

interface Addition {
  readonly route: Route;
  readonly destination: Destination;
  readonly domains: ReadonlyMap<string, Domain>;
}

function addRoute(byApp: Map<string, AppRoutes>, { route, destination, domains }: Addition): void {
  let known = byApp.get(destination.appGuid);
  if (known === undefined) {
    known = { web: [], hasOthers: false, unusable: [] };
    byApp.set(destination.appGuid, known);
  }
  if (route.protocol !== 'http' || destination.processType !== 'web') {
    known.hasOthers = true;
    return;
  }
  const port = destination.port ?? DEFAULT_PORT;
  const last = known.web.at(-1);
  if (last?.route === route) {
    known.web[known.web.length - 1] = { ...last, ports: [...last.ports, port] };
    return;
  }
  // A domain that is not visible to us was shared from elsewhere; internal ones are visible to everybody.
  const { name, internal } = domains.get(route.domainGuid) ?? { name: domainOf(route), internal: false };
  const authority = authorityOf(route, destination.appGuid);
  // The name that an instance has inside, `0.<host>:<port>`, is tried too: `1.2.3.4` is a host by itself, but not so.
  if (!isUrlHost(internal ? `0.${authority}` : authority)) known.unusable.push(route);
  else known.web.push({ route, authority, domain: name, internal, ports: [port] });
}

/**
 * The route to use: the first preferred expression that matches any of them decides; if none does, the first one.
 */
export function chooseRoute(routes: readonly WebRoute[], preferred: readonly TextMatcher[]): WebRoute | undefined {
  for (const matcher of preferred) {
    const found = routes.find(({ route }) => matcher.test(route.url));
    if (found !== undefined) return found;
  }
  return routes[0];
}

/**
 * Routes by which a port of the application is reached. One that leads to this port alone comes before one that
 * spreads over several. An internal route passes the router by, so it reaches any port: the last resort.
 */
export function routesToPort(routes: readonly WebRoute[], port: number): readonly WebRoute[] {
  const leading = routes.filter(({ ports }) => ports.includes(port));
  const alone = leading.filter(({ ports }) => ports.every((each) => each === port));
  if (alone.length > 0) return alone;
  return leading.length > 0 ? leading : routes.filter(({ internal }) => internal);
}

function authorityOf(route: Route, appGuid: string): string {
  const authority = beforePath(route.url).toLowerCase();
  return route.host === '*' && authority.startsWith('*.') ? `${appGuid}${authority.slice(1)}` : authority;
}

function domainOf(route: Route): string {
  const authority = beforePath(route.url);
  return route.host === '' ? authority : authority.slice(route.host.length + 1);
}

function beforePath(url: string): string {
  const slash = url.indexOf('/');
  return slash < 0 ? url : url.slice(0, slash);
}
