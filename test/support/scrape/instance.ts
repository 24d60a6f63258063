import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';

/** A small server in the place of an application's instance. */
export interface Instance {
  readonly origin: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  /** Sockets that were opened to it. */
  readonly connections: number;
  /** Resolves once no socket to it is open. */
  allClosed(): Promise<void>;
  stop(): Promise<void>;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values as they came, in turn. */
  readonly rawHeaders: readonly string[];
}

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers by HTTP; `host` is the loopback address to listen on, so that two instances can be two hosts. */
export async function startInstance(behaviour: Behaviour, host = '127.0.0.1'): Promise<Instance> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers, rawHeaders } = request;
    requests.push({ method, url, headers, rawHeaders });
    behaviour(request, response);
  });
  return listen(server, host, requests);
}

/** Hands out the bare socket once a whole request head has come, for answers that are no HTTP. */
export async function startRawInstance(behaviour: (socket: Socket) => void): Promise<Instance> {
  const server = createTcpServer((socket) => {
    let head = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      head = '';
      behaviour(socket);
    });
  });
  return listen(server, '127.0.0.1', []);
}

async function listen(server: Server | TcpServer, host: string, requests: SeenRequest[]): Promise<Instance> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) for (const resolve of waiting.splice(0)) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = addressOf(server.address());
  return {
    origin: `http://${host}:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    allClosed: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address once it listens');
  return address;
}
