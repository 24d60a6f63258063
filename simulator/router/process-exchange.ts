import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { errorCode } from '../../src/base/errors.js';
import type { Header, SimulatedRequest } from '../http/message.js';

/** Idle connections that a router keeps to its endpoints (facts 5.3). */
const IDLE_CONNECTIONS = 100;

/** Connections of the router to real processes. */
export interface ProcessConnections {
  readonly agent: Agent;
  stop(): void;
}

export function createProcessConnections(): ProcessConnections {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: IDLE_CONNECTIONS });
  return { agent, stop: () => agent.destroy() };
}

export interface ProcessExchange {
  readonly request: SimulatedRequest;
  /** Its body is passed on; nothing has been read of it so far. */
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly agent: Agent;
  readonly address: string;
  readonly port: number;
  readonly headers: readonly Header[];
}

export type ProcessAnswer =
  | { readonly kind: 'head'; readonly head: IncomingMessage }
  /** There is no connection, so nothing has been sent. */
  | { readonly kind: 'dial'; readonly reason: string }
  /** It broke off before a head: `eof` when the process closed, `reset` otherwise. */
  | { readonly kind: 'eof' | 'reset'; readonly reason: string; readonly connection: 'new' | 'kept' }
  /** The client has left, and the request to the process was ended for it. */
  | { readonly kind: 'left' };

/** Passes a request on and gives the head of the answer, whose body has not been read yet. Ends with the client. */
export async function exchangeWithProcess(exchange: ProcessExchange): Promise<ProcessAnswer> {
  const { request, response } = exchange;
  if (response.destroyed) return { kind: 'left' };
  const answer = await send(exchange, exchange.agent);
  const replayable = request.method === 'GET' || request.method === 'HEAD';
  // Go's transport and the router's repetition as one: a GET that the endpoint closed without an answer comes twice (facts 5.4).
  // One that a kept connection was reset under comes again by Go's transport alone (`shouldRetryRequest` of net/http).
  const again = answer.kind === 'eof' || (answer.kind === 'reset' && answer.connection === 'kept');
  return again && replayable ? send(exchange, false) : answer;
}

function send(exchange: ProcessExchange, agent: Agent | false): Promise<ProcessAnswer> {
  const { request, incoming, response, address, port } = exchange;
  return new Promise((resolve) => {
    let connected = false;
    const outgoing = requestHttp({
      host: address,
      port,
      agent,
      method: request.method,
      path: request.target,
      headers: exchange.headers.flat(),
    });
    const leave = (): void => {
      outgoing.destroy();
      resolve({ kind: 'left' });
    };
    response.once('close', leave);
    outgoing.once('socket', (socket) => {
      const begin = (): void => {
        connected = true;
        passBody(request, incoming, outgoing);
      };
      if (socket.connecting) socket.once('connect', begin);
      else begin();
    });
    outgoing.once('response', (head) => {
      response.off('close', leave);
      resolve({ kind: 'head', head });
    });
    outgoing.on('error', (error) => {
      response.off('close', leave);
      const connection = outgoing.reusedSocket ? 'kept' : 'new';
      resolve(failureOf(error, { address, port, connected, connection }));
    });
  });
}

function passBody(request: SimulatedRequest, incoming: IncomingMessage, outgoing: ClientRequest): void {
  const hasBody =
    incoming.headers['content-length'] !== undefined || incoming.headers['transfer-encoding'] !== undefined;
  if (hasBody && request.method !== 'GET' && request.method !== 'HEAD') incoming.pipe(outgoing);
  else outgoing.end();
}

interface Place {
  readonly address: string;
  readonly port: number;
  readonly connected: boolean;
  readonly connection: 'new' | 'kept';
}

/** In the words of Go, which the router shows in its header. */
function failureOf(error: Error, { address, port, connected, connection }: Place): ProcessAnswer {
  const code = errorCode(error);
  if (!connected) {
    const why = code === 'ECONNREFUSED' ? 'connection refused' : (code ?? error.message);
    return { kind: 'dial', reason: `dial tcp ${address}:${port}: connect: ${why}` };
  }
  if (error.message === 'socket hang up') return { kind: 'eof', reason: 'EOF', connection };
  return { kind: 'reset', reason: `read tcp ${address}:${port}: read: connection reset by peer`, connection };
}
