import { randomUUID } from 'node:crypto';
import { listensOn } from '../applications/application.js';
import { type Answer, type Header, hasHeader, headerOf, type SimulatedRequest, textAnswer } from '../http/message.js';
import type { Settings } from '../options.js';
import type { Platform } from '../platform.js';
import type { Route } from '../world/records.js';
import type { WorldState } from '../world/state.js';
import { type InstanceAsked, readInstanceWish } from './instance-header.js';
import { type Endpoint, endpointsOf, fittingEndpoints, type Lookup, lookUp } from './lookup.js';
import {
  emptyHost,
  endpointFailure,
  invalidAppInstanceHeader,
  invalidProcessInstanceHeader,
  noEndpoints,
  unknownInstance,
  unknownRoute,
} from './router-error.js';

export interface Router {
  /** Where a request to an application goes, or what the router says itself. */
  route(request: SimulatedRequest): Routed;
  /** After an endpoint could not be reached: where an ordinary request goes next; undefined when it has been tried enough. */
  routeAgain(request: SimulatedRequest, tried: Tried): RoutedEndpoint | undefined;
}

export type Routed = { readonly kind: 'answer'; readonly answer: Answer } | RoutedEndpoint;

export interface RoutedEndpoint {
  readonly kind: 'endpoint';
  readonly endpoint: Endpoint;
  readonly route: Route;
  /** `surgical`: a header named it, so there is no other. */
  readonly choice: 'free' | 'surgical';
}

/** What a request has gone through so far. */
export interface Tried {
  readonly route: Route;
  /** In their order. */
  readonly endpoints: readonly Endpoint[];
}

export interface RouterParts {
  readonly settings: Settings;
  readonly state: WorldState;
  readonly platform: Platform;
}

/** The router's health checks by load balancers. */
const MONITOR = 'HTTP-Monitor/1.1';

export function createRouter(parts: RouterParts): Router {
  const { settings, state, platform } = parts;
  const processHeader = settings.processInstanceHeader ? 'known' : 'unknown';
  return {
    route(request) {
      if (headerOf(request, 'user-agent') === MONITOR) return { kind: 'answer', answer: textAnswer(200, 'ok\n') };
      if (request.hostname === '' || request.hostname === request.remoteAddress)
        return { kind: 'answer', answer: emptyHost() };
      const wish = readInstanceWish(request, processHeader);
      if (wish.kind === 'invalid_app') return { kind: 'answer', answer: invalidAppInstanceHeader() };
      if (wish.kind === 'invalid_process') return { kind: 'answer', answer: invalidProcessInstanceHeader() };
      const { hostname, path } = request;
      const nowMs = settings.clock.now();
      const found: Lookup =
        platform.router === 'up' ? lookUp(state, { hostname, path, domains: 'routed', nowMs }) : { kind: 'unknown' };
      if (wish.kind === 'any') return routeFreely(found, request, settings);
      return routeSurgically(found, wish) ?? { kind: 'answer', answer: unknownInstanceFor(wish, request) };
    },
    routeAgain(request, { route, endpoints: tried }) {
      const left = endpointsOf(route).filter(({ instance }) => !tried.some((each) => each.instance === instance));
      if (tried.length >= settings.routerAttempts || left.length === 0) return undefined;
      const endpoint = stickyEndpoint(left, request) ?? inTurn(route, left);
      return endpoint === undefined ? undefined : { kind: 'endpoint', endpoint, route, choice: 'free' };
    },
  };
}

/** One endpoint only: no second try, and a failure prunes nothing (facts 5.2). */
function routeSurgically(found: Lookup, wish: InstanceAsked): Routed | undefined {
  if (found.kind !== 'pool') return undefined;
  const fitting = fittingEndpoints(found.route, wish);
  const endpoint = wish.index === undefined ? inTurn(found.route, fitting) : lastRegistered(fitting);
  if (endpoint === undefined) return undefined;
  if (!reachable(endpoint)) return { kind: 'answer', answer: endpointFailure(refusedBy(endpoint)) };
  return { kind: 'endpoint', endpoint, route: found.route, choice: 'surgical' };
}

function routeFreely(found: Lookup, request: SimulatedRequest, { routerAttempts, clock }: Settings): Routed {
  if (found.kind === 'unknown') return { kind: 'answer', answer: unknownRoute(request.host) };
  if (found.kind === 'empty') return { kind: 'answer', answer: noEndpoints(request.host) };
  const { route } = found;
  let pool = endpointsOf(route);
  let failed: Endpoint | undefined;
  for (let attempt = 0; attempt < routerAttempts && pool.length > 0; attempt += 1) {
    const endpoint = stickyEndpoint(pool, request) ?? inTurn(route, pool);
    if (endpoint === undefined) break;
    if (reachable(endpoint)) return { kind: 'endpoint', endpoint, route, choice: 'free' };
    failed = endpoint;
    // Ordinary traffic is what prunes a dead endpoint.
    if (!endpoint.instance.alive) prune(route, endpoint, clock.now());
    pool = pool.filter((each) => each !== endpoint);
  }
  return { kind: 'answer', answer: endpointFailure(failed === undefined ? 'EOF' : refusedBy(failed)) };
}

/** Ordinary traffic could not reach it. When it was the last one the route is remembered as empty for a while. */
export function prune(route: Route, endpoint: Endpoint, nowMs: number): void {
  endpoint.instance.registration = 0;
  if (endpointsOf(route).length === 0) route.prunedMs = nowMs;
}

/** During deployments two processes share application and index: the one that registered last wins. */
function lastRegistered(endpoints: readonly Endpoint[]): Endpoint | undefined {
  if (endpoints.length < 2) return endpoints[0];
  return endpoints.reduce((last, endpoint) =>
    endpoint.instance.registration > last.instance.registration ? endpoint : last,
  );
}

function inTurn(route: Route, endpoints: readonly Endpoint[]): Endpoint | undefined {
  route.turn = (route.turn + 1) % Math.max(1, endpoints.length);
  return endpoints[route.turn];
}

/** Both cookies are needed. */
function stickyEndpoint(endpoints: readonly Endpoint[], request: SimulatedRequest): Endpoint | undefined {
  const cookies = headerOf(request, 'cookie') ?? '';
  if (!/(?:^|;\s*)JSESSIONID=/.test(cookies)) return undefined;
  const guid = /(?:^|;\s*)__VCAP_ID__=([^;\s]+)/.exec(cookies)?.[1];
  return guid === undefined ? undefined : endpoints.find(({ instance }) => instance.guid === guid);
}

/** Whether a real process takes the connection is found out by trying. */
function reachable({ instance, port }: Endpoint): boolean {
  if (instance.process.application.longRunning !== undefined) return true;
  return instance.alive && listensOn(instance, port);
}

function refusedBy({ instance }: Endpoint): string {
  return `dial tcp 10.244.16.${1 + (instance.index % 200)}:61000: connect: connection refused`;
}

function unknownInstanceFor(wish: InstanceAsked, request: SimulatedRequest): Answer {
  return unknownInstance(`Requested ${wish.quoted} does not exist for route ('${request.host}')`);
}

/** What the router adds to an application's answer. */
export function passedOn<T extends Pick<Answer, 'headers'>>(
  answer: T,
  request: SimulatedRequest,
  endpoint: Endpoint,
): T {
  const headers: Header[] = [...answer.headers];
  const { instance } = endpoint;
  if (!hasHeader(answer, 'x-vcap-request-id')) headers.push(['X-Vcap-Request-Id', randomUUID()]);
  const session = answer.headers.some(
    ([name, value]) => name.toLowerCase() === 'set-cookie' && value.startsWith('JSESSIONID='),
  );
  if (session) headers.push(['Set-Cookie', `__VCAP_ID__=${instance.guid}; Path=/; HttpOnly; Secure`]);
  if (headerOf(request, 'x-vcap-trace') === TRACE_KEY) {
    const backend = `10.244.16.${1 + (instance.index % 200)}:61000`;
    headers.push(['X-Vcap-Router', '10.244.0.34'], ['X-Vcap-Backend', backend], ['X-Cf-Routeendpoint', backend]);
  }
  return { ...answer, headers };
}

const TRACE_KEY = '22';
