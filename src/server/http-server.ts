import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Router } from './router.js';

export interface HttpServerOptions {
  readonly address: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly router: Router;
  readonly clock: Clock;
  readonly observe: { answered(endpoint: string, status: number): void };
}

export interface HttpServer {
  /** @throws what `listen` says, such as EADDRINUSE */
  start(): Promise<AddressInfo>;
  /** No new connections; running requests finish, and are cut at the deadline. */
  stop(deadlineMs: Milliseconds): Promise<void>;
}

/** Prometheus keeps connections for 300 s; whoever closes first loses a request now and then, so it should be Prometheus. */
const KEEP_ALIVE_MS: Milliseconds = 310_000;
/** For a request to arrive: they have no body. */
const REQUEST_MS: Milliseconds = 30_000;
const IDLE_CHECK_MS: Milliseconds = 50;

export function createHttpServer(options: HttpServerOptions): HttpServer {
  let stopping = false;
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, noDelay: true },
    (request: IncomingMessage, response: ServerResponse) => {
      if (stopping) response.setHeader('connection', 'close');
      const pending = sockets.get(request.socket);
      pending?.add(response);
      let over: (() => void) | undefined;
      const endpoint = options.router.handle(request, response, (listener) => {
        over = listener;
      });
      response.on('close', () => {
        pending?.delete(response);
        over?.();
        options.observe.answered(endpoint, response.headersSent ? response.statusCode : CLIENT_GONE);
      });
    },
  );

  /** Connections with their answers under way; of pipelined requests there may be several. */
  const sockets = new Map<Socket, Set<ServerResponse>>();
  server.on('connection', (socket: Socket) => {
    const pending = new Set<ServerResponse>();
    sockets.set(socket, pending);
    socket.once('close', () => {
      sockets.delete(socket);
      // Node tells the answer whose turn it is; those that wait behind it would never hear that their caller left.
      for (const response of pending) if (response.socket === null) response.emit('close');
    });
  });

  /** Those that were never used too, as browsers and probes open them: Node counts them as busy until they time out. */
  function closeIdle(): void {
    server.closeIdleConnections();
    for (const socket of sockets.keys()) if (socket.bytesRead === 0) socket.destroy();
  }

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.address, () => {
          server.off('error', reject);
          resolve(addressOf(server.address()));
        });
      }),
    stop(deadlineMs) {
      stopping = true;
      return new Promise((resolve) => {
        const cut = options.clock.after(deadlineMs, () => server.closeAllConnections());
        const idle = setInterval(closeIdle, IDLE_CHECK_MS);
        server.close(() => {
          cut.cancel();
          clearInterval(idle);
          resolve();
        });
      });
    },
  };
}

/** nginx's number for a caller that left before it was answered. */
const CLIENT_GONE = 499;

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address once it listens');
  return address;
}
