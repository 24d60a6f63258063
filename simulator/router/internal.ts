import type { Milliseconds } from '../../src/base/duration.js';
import { DEFAULT_PORT, listensOn } from '../applications/application.js';
import type { SimulatedRequest } from '../http/message.js';
import type { Route } from '../world/records.js';
import type { WorldState } from '../world/state.js';
import { type Endpoint, endpointsOf, lookUp } from './lookup.js';

/** The sidecar proxy's port, which leads to the application's first port. */
export const INTERNAL_TLS_PORT = 61_443;

/**
 * Where a container-to-container request ends: no router, the name alone decides, `0.app.apps.internal` being instance 0.
 *
 * Undefined where there would be no connection: unknown name, dead instance, port on which nothing listens.
 */
export function internalEndpoint(
  state: WorldState,
  request: SimulatedRequest,
  nowMs: Milliseconds,
): Endpoint | undefined {
  const port = portOf(request);
  const numbered = /^(\d+)\.(.+)$/.exec(request.hostname);
  const byIndex = numbered === null ? undefined : poolOf(state, numbered[2] ?? '', nowMs);
  const index = Number(numbered?.[1]);
  const { route, endpoints } = byIndex ?? poolOf(state, request.hostname, nowMs) ?? NOWHERE;
  const named = byIndex === undefined ? endpoints : endpoints.filter(({ instance }) => instance.index === index);
  if (route !== undefined) route.turn = (route.turn + 1) % Math.max(1, named.length);
  const chosen = named[route?.turn ?? 0];
  if (chosen === undefined) return undefined;
  const { instance } = chosen;
  const endpoint = { instance, port };
  if (instance.process.application.longRunning !== undefined) return endpoint;
  return instance.alive && listensOn(instance, port) ? endpoint : undefined;
}

interface Pool {
  readonly route: Route | undefined;
  readonly endpoints: readonly Endpoint[];
}

const NOWHERE: Pool = { route: undefined, endpoints: [] };

function poolOf(state: WorldState, hostname: string, nowMs: Milliseconds): Pool | undefined {
  const found = lookUp(state, { hostname, path: '/', domains: 'internal', nowMs });
  return found.kind === 'pool' ? { route: found.route, endpoints: endpointsOf(found.route) } : undefined;
}

/** There is no port mapping inside: the port of the address is that of the application. */
function portOf(request: SimulatedRequest): number {
  if (request.scheme === 'https') return DEFAULT_PORT;
  const colon = request.host.lastIndexOf(':');
  return colon < 0 ? 80 : Number(request.host.slice(colon + 1));
}
