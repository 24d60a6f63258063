import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import type { Milliseconds } from '../../src/base/duration.js';
import type { Answer, SimulatedRequest } from '../http/message.js';
import { headersToProcess } from './forwarded.js';
import { type Endpoint, processPort } from './lookup.js';
import { exchangeWithProcess, type ProcessAnswer } from './process-exchange.js';
import type { RoutedRequests, RunningRequest } from './routed-requests.js';
import { prune, type RoutedEndpoint, type Router } from './router.js';
import { endpointFailure } from './router-error.js';

export interface ReachOptions {
  readonly request: SimulatedRequest;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly router: Router;
  readonly routed: RoutedEndpoint;
  readonly agent: Agent;
  readonly requests: RoutedRequests;
  readonly address: string;
  readonly nowMs: Milliseconds;
}

export type Reached =
  /** An instance answers; its body has not been read yet, and whoever reads it says how the request ended. */
  | {
      readonly kind: 'head';
      readonly head: IncomingMessage;
      readonly endpoint: Endpoint;
      readonly running: RunningRequest;
    }
  /** The router's own words. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'left' };

/**
 * Brings a request to one of the real processes behind a route.
 *
 * Ordinary traffic prunes an endpoint that refuses the connection and tries up to three; one that a header names has no
 * second, and prunes nothing (facts 5.2, 5.3).
 */
export async function reachProcess(options: ReachOptions): Promise<Reached> {
  const { request, router, requests, nowMs } = options;
  const { route, choice } = options.routed;
  const tried: Endpoint[] = [];
  let next: RoutedEndpoint | undefined = options.routed;
  let failure = 'EOF';
  while (next !== undefined) {
    const { endpoint }: RoutedEndpoint = next;
    const running = requests.begin(endpoint.instance.guid, request.target);
    const answer = await ask(options, endpoint);
    if (answer.kind === 'left') {
      running.end('left');
      return { kind: 'left' };
    }
    if (answer.kind === 'head') {
      running.answering();
      return { kind: 'head', head: answer.head, endpoint, running };
    }
    failure = answer.reason;
    tried.push(endpoint);
    const again = choice === 'free' && mayTryAgain(answer, request);
    if (again && answer.kind === 'dial') prune(route, endpoint, nowMs);
    next = again ? router.routeAgain(request, { route, endpoints: tried }) : undefined;
    running.end(next === undefined ? 'failed' : 'elsewhere');
  }
  return { kind: 'answer', answer: endpointFailure(failure) };
}

function ask(options: ReachOptions, endpoint: Endpoint): Promise<ProcessAnswer> {
  const { request, incoming, response, agent, address, nowMs } = options;
  const port = processPort(endpoint);
  if (port === undefined) {
    return Promise.resolve({
      kind: 'dial',
      reason: `dial tcp ${address}:${endpoint.port}: connect: connection refused`,
    });
  }
  const headers = headersToProcess(request, endpoint, nowMs);
  return exchangeWithProcess({ request, incoming, response, agent, address, port, headers });
}

function mayTryAgain({ kind }: ProcessAnswer, { method }: SimulatedRequest): boolean {
  return kind === 'dial' || (kind === 'eof' && (method === 'GET' || method === 'HEAD'));
}
