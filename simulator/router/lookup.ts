import type { Milliseconds } from '../../src/base/duration.js';
import { DEFAULT_PORT } from '../applications/application.js';
import type { Instance, Route } from '../world/records.js';
import type { WorldState } from '../world/state.js';
import type { InstanceAsked } from './instance-header.js';

/** A registered instance and the port inside its container that the route leads to. */
export interface Endpoint {
  readonly instance: Instance;
  readonly port: number;
}

/** Where the process of an endpoint listens on this machine; undefined where nothing does. A process has but one port here. */
export function processPort({ instance, port }: Endpoint): number | undefined {
  return port === DEFAULT_PORT ? instance.hostPort : undefined;
}

export type Lookup =
  | { readonly kind: 'pool'; readonly route: Route }
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown' };

/** The prune cycle of the router: until then an emptied pool is remembered. */
const PRUNE_CYCLE_MS: Milliseconds = 30_000;

export interface LookupOptions {
  /** Lower-case, without port. */
  readonly hostname: string;
  /** As sent. */
  readonly path: string;
  /** Internal domains are not the router's: they are found by DNS. */
  readonly domains: 'routed' | 'internal';
  readonly nowMs: Milliseconds;
}

/** The exact host, then wildcards from the most specific on; of its routes the longest path by whole segments that has endpoints. */
export function lookUp(state: WorldState, options: LookupOptions): Lookup {
  const path = options.path.toLowerCase();
  let pruned = false;
  for (const host of candidates(options.hostname)) {
    for (const route of state.routesByHost.get(host) ?? []) {
      if (route.domain.internal !== (options.domains === 'internal') || !coversPath(route.path, path)) continue;
      if (route.destinations.some(hasEndpoint)) return { kind: 'pool', route };
      pruned ||= route.prunedMs !== undefined && options.nowMs - route.prunedMs < PRUNE_CYCLE_MS;
    }
  }
  return { kind: pruned ? 'empty' : 'unknown' };
}

/** All registered instances of all processes of the destinations' types: several processes during a deployment. */
export function endpointsOf(route: Route): readonly Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const { application, processType, port } of route.destinations) {
    for (const process of application.processes) {
      if (process.type !== processType) continue;
      for (const instance of process.instances) {
        if (instance.registration > 0) endpoints.push({ instance, port });
      }
    }
    for (const instance of application.unlisted) {
      if (instance.process.type === processType && instance.registration > 0) endpoints.push({ instance, port });
    }
  }
  return endpoints;
}

/** The endpoints that an instance header names, found without going through the whole pool, which may be large. */
export function fittingEndpoints(route: Route, wish: InstanceAsked): readonly Endpoint[] {
  const fitting: Endpoint[] = [];
  for (const { application, processType, port } of route.destinations) {
    if (wish.kind === 'app' && application.guid !== wish.guid) continue;
    for (const process of application.processes) {
      if (process.type !== processType || (wish.kind === 'process' && process.guid !== wish.guid)) continue;
      for (const instance of wish.index === undefined ? process.instances : at(process.instances, wish.index)) {
        if (instance.registration > 0) fitting.push({ instance, port });
      }
    }
    for (const instance of application.unlisted) {
      const { process, index, registration } = instance;
      const meant = wish.index === undefined || wish.index === String(index);
      const ofProcess = wish.kind === 'app' || process.guid === wish.guid;
      if (process.type === processType && meant && ofProcess && registration > 0) fitting.push({ instance, port });
    }
  }
  return fitting;
}

/** Indices are compared as written: `00` is nobody's. */
function at(instances: readonly Instance[], index: string): readonly Instance[] {
  const instance = instances[Number(index)];
  return instance !== undefined && String(instance.index) === index ? [instance] : [];
}

function hasEndpoint({ application, processType }: Route['destinations'][number]): boolean {
  const known = (instance: Instance): boolean => instance.registration > 0;
  return (
    application.processes.some((process) => process.type === processType && process.instances.some(known)) ||
    [...application.unlisted].some((instance) => instance.process.type === processType && known(instance))
  );
}

/** `a.b.c`, `*.b.c`, `*.c`: a star stands for any number of labels on the left. */
function candidates(hostname: string): readonly string[] {
  const hosts = [hostname];
  for (let dot = hostname.indexOf('.'); dot >= 0; dot = hostname.indexOf('.', dot + 1)) {
    hosts.push(`*${hostname.slice(dot)}`);
  }
  return hosts;
}

/** `/foo` covers `/foo` and `/foo/bar`, not `/foobar`. Compared as sent: an escaped letter does not match. */
function coversPath(routePath: string, path: string): boolean {
  if (routePath === '') return true;
  const prefix = routePath.toLowerCase();
  return path === prefix || path.startsWith(`${prefix}/`);
}
