import type { ScrapeWishes } from './annotations.js';
import type { WebRoute } from './choose-route.js';
import type { Protocol, Rule } from './rules.js';
import { wirePath } from './wire-path.js';

/** Where the instances of one application are asked under one rule. */
export interface Address {
  /** `router`: by `X-CF-APP-INSTANCE`. `internal`: a host name per instance. `gateway`: one place for all of them. */
  readonly kind: 'router' | 'internal' | 'gateway';
  readonly protocol: Protocol;
  /** Host and port as they stand in the URL; instances on internal routes put their index in front. */
  readonly authority: string;
  /** Path and query as they go on the wire, the route's own path included. */
  readonly path: string;
  /**
   * What tells two endpoints of one instance apart: protocol, port and path. Routes that lead to the same endpoint do
   * not, so that overlapping rules give an instance once.
   */
  readonly endpoint: string;
}

export interface AddressOptions {
  readonly rule: Rule;
  readonly wishes: ScrapeWishes;
  readonly route: WebRoute;
  readonly defaultInternalRoutePort: number;
}

/** The address by the rules of facts/promregator.md 3; what an application wishes beats what its rule says. */
export function addressOf(options: AddressOptions): Address {
  const { rule, wishes, route } = options;
  const path = wishes.path ?? rule.path;
  const said = wishes.scheme ?? rule.protocol;
  if (rule.overrideRouteAndPath !== undefined) {
    const slash = rule.overrideRouteAndPath.search(/[/?]/);
    const cut = slash < 0 ? rule.overrideRouteAndPath.length : slash;
    const authority = rule.overrideRouteAndPath.slice(0, cut);
    const base = rule.overrideRouteAndPath.slice(cut);
    return address({ kind: 'gateway', protocol: said ?? 'https', authority, path: wirePath(base, path) });
  }
  const routed = wirePath(route.route.path, path);
  if (route.internal) {
    const port = wishes.port ?? rule.internalRoutePort ?? options.defaultInternalRoutePort;
    const authority = `${route.authority}:${port}`;
    return address({ kind: 'internal', protocol: said ?? 'http', authority, path: routed }, port, path);
  }
  const port = wishes.port ?? route.ports[0];
  return address({ kind: 'router', protocol: said ?? 'https', authority: route.authority, path: routed }, port, path);
}

/** Scheme, host and port for one instance. */
export function originFor(place: Address, index: number): string {
  const host = place.kind === 'internal' ? `${index}.${place.authority}` : place.authority;
  return `${place.protocol}://${host}`;
}

function address(place: Omit<Address, 'endpoint'>, port?: number, path?: string): Address {
  const where = path === undefined ? `${place.authority}${place.path}` : `${port}${wirePath('', path)}`;
  return { ...place, endpoint: `${place.protocol}:${where}` };
}
