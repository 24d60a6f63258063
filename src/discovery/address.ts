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

/**
 * The address by the rules of facts/promregator.md 3; what an application wishes beats what its rule says.
 *
 * One exception: the annotation `prometheus.io/scheme: http` does not lower what the operator said. Through the router
 * or a gateway it is not honoured under a rule that says `protocol: https` or names an authenticator, since tenants
 * write annotations, and credentials would go over the network in clear. The rule's protocol counts then, else `https`.
 */
export function addressOf(options: AddressOptions): Address {
  const { rule, wishes, route } = options;
  const path = wishes.path ?? rule.path;
  const gateway = gatewayOf(rule);
  if (gateway !== undefined) {
    const { authority } = gateway;
    return address({
      kind: 'gateway',
      protocol: guardedProtocol(options),
      authority,
      path: wirePath(gateway.base, path),
    });
  }
  const routed = wirePath(route.route.path, path);
  if (route.internal) {
    const port = wishes.port ?? rule.internalRoutePort ?? options.defaultInternalRoutePort;
    const authority = `${route.authority}:${port}`;
    return address(
      { kind: 'internal', protocol: wishes.scheme ?? rule.protocol ?? 'http', authority, path: routed },
      port,
      path,
    );
  }
  const port = wishes.port ?? route.ports[0];
  const protocol = guardedProtocol(options);
  return address({ kind: 'router', protocol, authority: route.authority, path: routed }, port, path);
}

/** Host and port, then path and query, of the place that a rule puts in front of its applications. */
export function gatewayOf({ overrideRouteAndPath: text }: Rule): { authority: string; base: string } | undefined {
  if (text === undefined) return undefined;
  const slash = text.search(/[/?]/);
  const cut = slash < 0 ? text.length : slash;
  return { authority: text.slice(0, cut), base: text.slice(cut) };
}

function guardedProtocol({ rule, wishes }: AddressOptions): Protocol {
  const isProtected = rule.protocol === 'https' || rule.authenticatorId !== undefined;
  const wish = isProtected && wishes.scheme === 'http' ? undefined : wishes.scheme;
  return wish ?? rule.protocol ?? 'https';
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
