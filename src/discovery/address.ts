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
   * What tells two endpoints of one instance apart: protocol and path, and a port that somebody named. Routes do not, so
   * that overlapping rules give an instance once.
   */
  readonly endpoint: string;
}

export interface AddressOptions {
  readonly rule: Rule;
  /** Of the rule, or the annotated one. */
  readonly path: string;
  readonly wishes: ScrapeWishes;
  readonly route: WebRoute;
  readonly defaultInternalRoutePort: number;
  /** Whether the rule's authenticator sends anything that others must not read. */
  readonly sendsCredentials: boolean;
}

/**
 * The address by the rules of facts/promregator.md 3; what an application wishes beats what its rule says.
 *
 * One exception: tenants write annotations, so `prometheus.io/scheme: http` does not lower what the operator said. It is
 * not honoured under a rule that says `protocol: https`, nor, through the router or a gateway, where credentials would
 * go over the network in clear. What counts without it counts then.
 */
export function addressOf(options: AddressOptions): Address {
  const { rule, path, wishes, route } = options;
  const gateway = gatewayOf(rule);
  if (gateway !== undefined) {
    const { authority } = gateway;
    const protocol = protocolOf(options, 'https');
    const place = wirePath(gateway.base, path);
    return { kind: 'gateway', protocol, authority, path: place, endpoint: `${protocol}:${authority}${place}` };
  }
  const routed = wirePath(route.route.path, path);
  const endpoint = endpointOf(options);
  if (route.internal) {
    const port = wishes.port ?? rule.internalRoutePort ?? options.defaultInternalRoutePort;
    const authority = `${route.authority}:${port}`;
    return { kind: 'internal', protocol: protocolOf(options, 'http'), authority, path: routed, endpoint };
  }
  return { kind: 'router', protocol: protocolOf(options, 'https'), authority: route.authority, path: routed, endpoint };
}

/**
 * By what is said, not by what comes of it: rules that agree in path and protocol give an instance once, whichever routes
 * they prefer (facts/promregator.md 3). A port tells two endpoints apart where somebody says so.
 */
function endpointOf(options: AddressOptions): string {
  const { rule, path, wishes, route } = options;
  const port = wishes.port ?? (route.internal ? rule.internalRoutePort : undefined);
  return `${protocolOf(options, 'https')}:${port ?? ''}${wirePath('', path)}`;
}

/** Host and port, then path and query, of the place that a rule puts in front of its applications. */
export function gatewayOf({ overrideRouteAndPath: text }: Rule): { authority: string; base: string } | undefined {
  if (text === undefined) return undefined;
  const slash = text.search(/[/?]/);
  const cut = slash < 0 ? text.length : slash;
  return { authority: text.slice(0, cut), base: text.slice(cut) };
}

/** `usual` is what counts where neither rule nor application says anything. */
function protocolOf({ rule, wishes, sendsCredentials }: AddressOptions, usual: Protocol): Protocol {
  const said = rule.protocol ?? usual;
  if (wishes.scheme !== 'http') return wishes.scheme ?? said;
  const isProtected = rule.protocol === 'https' || sendsCredentials;
  return isProtected ? said : 'http';
}

/** Scheme, host and port for one instance. */
export function originFor(place: Address, index: number): string {
  const host = place.kind === 'internal' ? `${index}.${place.authority}` : place.authority;
  return `${place.protocol}://${host}`;
}
