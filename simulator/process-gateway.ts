import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import type { ApplicationLogs } from './diego/application-log.js';
import type { FaultAction } from './faults.js';
import { actingFault, deliver } from './http/deliver.js';
import { altered, replacementFor } from './http/fault-answers.js';
import type { Sockets } from './http/listener.js';
import type { Answer, Header, SimulatedRequest } from './http/message.js';
import { passAnswer, wholeAnswer } from './http/pass-answer.js';
import type { Settings } from './options.js';
import type { ArrivedRequest } from './request-counts.js';
import { endToEnd } from './router/forwarded.js';
import { type Endpoint, processPort } from './router/lookup.js';
import { exchangeWithProcess } from './router/process-exchange.js';
import { reachProcess } from './router/reach-process.js';
import type { RoutedRequests, RunningRequest } from './router/routed-requests.js';
import { passedOn, type RoutedEndpoint, type Router } from './router/router.js';
import { endpointFailure } from './router/router-error.js';

export interface ProcessGatewayParts {
  readonly settings: Settings;
  readonly router: Router;
  readonly agent: Agent;
  readonly requests: RoutedRequests;
  readonly logs: ApplicationLogs;
}

/** A request on its way to a real process. */
export interface ProcessVisit {
  readonly request: SimulatedRequest;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly sockets: Sockets;
  readonly faults: readonly FaultAction[];
  readonly arrived: ArrivedRequest;
}

/** Through the router. Faults act as on simulated applications: in its place, before it, or on its answer. */
export function visitProcess(parts: ProcessGatewayParts, visit: ProcessVisit, routed: RoutedEndpoint): void {
  const { request, incoming, response, faults } = visit;
  const { clock, address } = parts.settings;
  const fault = actingFault(faults);
  const replaced = fault === undefined ? undefined : replacementFor(fault);
  if (replaced !== undefined) {
    incoming.resume();
    send(parts, visit, replaced);
    return;
  }
  const go = async (): Promise<void> => {
    const nowMs = clock.now();
    const reached = await reachProcess({ ...parts, routed, request, incoming, response, address, nowMs });
    if (reached.kind === 'left') return;
    if (reached.kind === 'answer') {
      incoming.resume();
      send(parts, visit, reached.answer);
      return;
    }
    const { head, endpoint, running } = reached;
    const { headers } = passedOn({ headers: endToEnd(head.rawHeaders) }, request, endpoint);
    await answer(parts, visit, { head, endpoint, running, headers });
  };
  afterDelays(parts, visit, go);
}

/** From container to container: nothing is added, and where nobody is there is no connection. */
export function visitProcessDirectly(parts: ProcessGatewayParts, visit: ProcessVisit, endpoint: Endpoint): void {
  const { request, incoming, response, sockets } = visit;
  const { address } = parts.settings;
  const port = processPort(endpoint);
  const hangUp = (): void => void sockets.under(response)?.resetAndDestroy();
  if (port === undefined) {
    hangUp();
    return;
  }
  afterDelays(parts, visit, async () => {
    const headers = endToEnd(request.rawHeaders);
    const running = parts.requests.begin(endpoint.instance.guid, request.target);
    const reached = await exchangeWithProcess({ ...parts, request, incoming, response, address, port, headers });
    if (reached.kind === 'head') {
      running.answering();
      await answer(parts, visit, { head: reached.head, endpoint, running, headers: endToEnd(reached.head.rawHeaders) });
      return;
    }
    running.end(reached.kind === 'left' ? 'left' : 'failed');
    hangUp();
  });
}

function afterDelays(parts: ProcessGatewayParts, { faults, response }: ProcessVisit, go: () => Promise<void>): void {
  const delays = faults.map((fault) => (fault.type === 'delay' ? fault.delayMs : 0));
  const delayMs = delays.reduce((sum, each) => sum + each, 0);
  if (delayMs === 0) {
    void go();
    return;
  }
  const timer = parts.settings.clock.after(delayMs, () => void go());
  response.once('close', () => timer.cancel());
}

interface ProcessHead {
  readonly head: IncomingMessage;
  readonly endpoint: Endpoint;
  readonly running: RunningRequest;
  readonly headers: readonly Header[];
}

async function answer(parts: ProcessGatewayParts, visit: ProcessVisit, reached: ProcessHead): Promise<void> {
  const { head, endpoint, running, headers } = reached;
  const { response, arrived, faults } = visit;
  endpoint.instance.scrapes += 1;
  const fault = actingFault(faults);
  if (fault !== undefined) {
    const whole = await wholeAnswer(head, headers);
    running.end(whole === undefined ? 'cut' : 'whole');
    send(parts, visit, altered(whole ?? endpointFailure('unexpected EOF'), fault));
    return;
  }
  const beganMs = parts.settings.clock.monotonic();
  const onEnd = (bytes: number, how: 'whole' | 'cut'): void => {
    running.end(how);
    const seconds = (parts.settings.clock.monotonic() - beganMs) / 1000;
    writeAccessLine(parts, visit, { endpoint, status: head.statusCode ?? 0, bytes, seconds });
  };
  passAnswer({ head, headers, response, arrived, onEnd });
}

/** Delays are over by now. */
function send(parts: ProcessGatewayParts, visit: ProcessVisit, what: Answer): void {
  const { response, arrived, sockets } = visit;
  const faults = visit.faults.filter((fault) => fault.type !== 'delay');
  deliver({ response, answer: what, faults, arrived, clock: parts.settings.clock, socket: sockets.under(response) });
}

interface AccessLine {
  readonly endpoint: Endpoint;
  readonly status: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** The router's line in the log of an application. */
function writeAccessLine(parts: ProcessGatewayParts, { request }: ProcessVisit, line: AccessLine): void {
  const { instance } = line.endpoint;
  const { guid } = instance.process.application;
  const timeMs = parts.settings.clock.now();
  const asked = `${request.host} - [${new Date(timeMs).toISOString()}] "${request.method} ${request.target} HTTP/1.1"`;
  const agent = request.headers['user-agent'] ?? '-';
  const of = `response_time:${line.seconds.toFixed(6)} app_id:"${guid}" app_index:"${instance.index}" instance_id:"${instance.guid}"`;
  const text = `${asked} ${line.status} 0 ${line.bytes} "-" "${agent}" "${request.remoteAddress}" ${of}`;
  const { index, guid: instanceGuid } = instance;
  parts.logs.add(guid, { timeMs, source: 'RTR', index, instanceGuid, stream: 'OUT', text });
}
