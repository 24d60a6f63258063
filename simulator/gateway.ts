import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeError } from '../src/base/errors.js';
import { type ApplicationParts, answerAsInstance } from './applications/application.js';
import type { CloudController } from './cloud-controller/cloud-controller.js';
import type { PageFault } from './cloud-controller/list.js';
import type { FaultAction, Faults, FaultTarget } from './faults.js';
import { actingFault, deliver } from './http/deliver.js';
import { altered, replacementFor } from './http/fault-answers.js';
import type { Sockets } from './http/listener.js';
import { type Answer, hasHeader, type SimulatedRequest, textAnswer, withHeaders } from './http/message.js';
import type { Settings } from './options.js';
import type { Platform } from './platform.js';
import { type ProcessGatewayParts, type ProcessVisit, visitProcess, visitProcessDirectly } from './process-gateway.js';
import type { RequestRecorder } from './request-counts.js';
import type { RequestKind } from './request-kind.js';
import { directRequest, forwardedRequest } from './router/forwarded.js';
import { internalEndpoint } from './router/internal.js';
import type { Endpoint } from './router/lookup.js';
import { passedOn, type Router } from './router/router.js';
import { endpointFailure, unknownRoute } from './router/router-error.js';
import type { Uaa } from './uaa/uaa.js';
import type { WorldState } from './world/state.js';

export interface GatewayParts {
  readonly settings: Settings;
  readonly state: WorldState;
  readonly platform: Platform;
  readonly cloudController: CloudController;
  readonly uaa: Uaa;
  readonly router: Router;
  readonly applications: ApplicationParts;
  readonly faults: Faults;
  readonly recorder: RequestRecorder;
  readonly processes: ProcessGatewayParts;
}

/** A request and where its answer goes. */
export interface Exchange {
  readonly request: SimulatedRequest;
  /** Its body is read by whoever wants it; otherwise it is thrown away with the answer. */
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly sockets: Sockets;
}

/** Everything of a foundation goes through its router: by its host a request is for the API, for UAA, or for an application. */
export function handleAtRouter(parts: GatewayParts, exchange: Exchange): void {
  const { hostname } = exchange.request;
  const { systemDomain } = parts.settings;
  if (hostname === `api.${systemDomain}`) handleApi(parts, exchange);
  else if (isUaaHost(hostname, systemDomain)) handleUaa(parts, exchange);
  else handleApplication(parts, exchange);
}

/** Whether a request carries a form that has to be read. */
export function isUaaHost(hostname: string, systemDomain: string): boolean {
  return hostname === `uaa.${systemDomain}` || hostname === `login.${systemDomain}`;
}

/** From container to container there is no router: where nobody is, there is no connection. */
export function handleInternal(parts: GatewayParts, exchange: Exchange): void {
  const { request, response, sockets } = exchange;
  const endpoint = internalEndpoint(parts.state, request, parts.settings.clock.now());
  if (endpoint === undefined) {
    recordArrival(parts, request, 'scrape');
    sockets.under(response)?.resetAndDestroy();
    return;
  }
  const faults = parts.faults.befall(scrapeTarget(request, endpoint));
  if (isProcess(endpoint)) {
    visitProcessDirectly(parts.processes, processVisit(parts, exchange, faults), endpoint);
    return;
  }
  const usual = (): Answer =>
    answerAsInstance(parts.applications, endpoint.instance, directRequest(request, endpoint.port));
  reply(parts, exchange, { kind: 'scrape', faults, usual });
}

function handleApi(parts: GatewayParts, exchange: Exchange): void {
  const { request } = exchange;
  const kind = parts.cloudController.kindOf(request);
  const faults = parts.faults.befall({ kind, path: request.target });
  const usual = (): Answer =>
    apiDown(parts.platform, request) ?? withRequestId(parts.cloudController.answer(request, pageFault(faults)));
  reply(parts, exchange, { kind, faults, usual });
}

function handleUaa(parts: GatewayParts, exchange: Exchange): void {
  const { request } = exchange;
  const kind = parts.uaa.kindOf(request);
  const faults = parts.faults.befall({ kind, path: request.target });
  reply(parts, exchange, { kind, faults, usual: () => withRequestId(parts.uaa.answer(request)) });
}

function handleApplication(parts: GatewayParts, exchange: Exchange): void {
  const { request } = exchange;
  const routed = parts.router.route(request);
  if (routed.kind === 'answer') {
    const faults = parts.faults.befall(scrapeTarget(request, undefined));
    reply(parts, exchange, { kind: 'scrape', faults, usual: () => routed.answer });
    return;
  }
  const { endpoint } = routed;
  const faults = parts.faults.befall(scrapeTarget(request, endpoint));
  if (isProcess(endpoint)) {
    visitProcess(parts.processes, processVisit(parts, exchange, faults), routed);
    return;
  }
  const usual = (): Answer => {
    const forwarded = forwardedRequest(request, endpoint, parts.settings.clock.now());
    return passedOn(answerAsInstance(parts.applications, endpoint.instance, forwarded), request, endpoint);
  };
  reply(parts, exchange, { kind: 'scrape', faults, usual });
}

function isProcess({ instance }: Endpoint): boolean {
  return instance.process.application.longRunning !== undefined;
}

function processVisit(parts: GatewayParts, exchange: Exchange, faults: readonly FaultAction[]): ProcessVisit {
  return { ...exchange, faults, arrived: recordArrival(parts, exchange.request, 'scrape') };
}

interface Reply {
  readonly kind: RequestKind;
  readonly faults: readonly FaultAction[];
  readonly usual: () => Answer;
}

/** Counts, answers (unless a fault answers in its place) and sends. */
function reply(parts: GatewayParts, exchange: Exchange, { kind, faults, usual }: Reply): void {
  const { request, response, sockets } = exchange;
  exchange.incoming.resume();
  const arrived = recordArrival(parts, request, kind);
  const fault = actingFault(faults);
  const replaced = fault === undefined ? undefined : replacementFor(fault);
  const plain = replaced ?? answerOrFail(usual);
  const answer = fault === undefined ? plain : altered(plain, fault);
  deliver({ response, answer, faults, arrived, clock: parts.settings.clock, socket: sockets.under(response) });
}

/** A mistake in the simulator shows as what it is, instead of ending the process or a test in silence. */
function answerOrFail(usual: () => Answer): Answer {
  try {
    return usual();
  } catch (error) {
    return textAnswer(500, `The simulator failed: ${describeError(error)}\n`);
  }
}

function recordArrival(
  parts: GatewayParts,
  request: SimulatedRequest,
  kind: RequestKind,
): ReturnType<RequestRecorder['arrived']> {
  return parts.recorder.arrived({ kind, method: request.method, host: request.host, target: request.target });
}

function scrapeTarget(request: SimulatedRequest, endpoint: Endpoint | undefined): FaultTarget {
  if (endpoint === undefined) return { kind: 'scrape', path: request.target };
  const { application } = endpoint.instance.process;
  return {
    kind: 'scrape',
    path: request.target,
    applicationName: application.name,
    applicationGuid: application.guid,
    index: endpoint.instance.index,
  };
}

/** The router in front of an API that is not there. */
function apiDown(platform: Platform, request: SimulatedRequest): Answer | undefined {
  if (platform.api === 'unregistered') return unknownRoute(request.host);
  if (platform.api === 'failing') return endpointFailure('dial tcp 10.244.0.10:9022: connect: connection refused');
  return undefined;
}

function pageFault(faults: readonly FaultAction[]): PageFault | undefined {
  const fault = actingFault(faults);
  switch (fault?.type) {
    case 'short_page':
    case 'repeated_page':
    case 'moving_total':
    case 'cut_list':
      return fault;
    default:
      return undefined;
  }
}

/** What the router adds to answers that have none. */
function withRequestId(answer: Answer): Answer {
  return hasHeader(answer, 'x-vcap-request-id') ? answer : withHeaders(answer, ['X-Vcap-Request-Id', randomUUID()]);
}
