import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import type { Router } from './router.js';
import type { ServerTls } from './server-tls.js';
import { createTlsDoor, type TlsDoor } from './tls-door.js';

export interface HttpServerOptions {
  readonly address: string;
  /** 0 is any free one. */
  readonly port: number;
  /** Asked for each request anew, so one may stand in for others that follow each other; what runs ends where it began. */
  readonly router: Router;
  /** Undefined: plain HTTP. */
  readonly tls?: ServerTls | undefined;
  /** On every answer that is ours; Node itself answers what is no HTTP. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly observe: { answered(endpoint: string, status: number): void };
}

export interface HttpServer {
  /** @throws what `listen` says, such as EADDRINUSE */
  start(): Promise<AddressInfo>;
  /**
   * For connections to come. All of it can change, TLS or plain HTTP too. Connections that are open stay as they are where
   * the certificate alone is new; else they end, busy ones after their answer, since they may not be admitted any longer.
   *
   * @throws when OpenSSL does not like it; what was in force stays then
   */
  setTls(tls: ServerTls | undefined): void;
  /** For requests to come. */
  setHeaders(headers: Readonly<Record<string, string>>): void;
  /** No new connections; running requests finish, and are cut at the deadline. */
  stop(deadlineMs: Milliseconds): Promise<void>;
}

/** Prometheus keeps connections for 300 s; whoever closes first loses a request now and then, so it should be Prometheus. */
const KEEP_ALIVE_MS: Milliseconds = 310_000;
/** For a request to arrive: they have no body. */
const REQUEST_MS: Milliseconds = 30_000;
const IDLE_CHECK_MS: Milliseconds = 50;

interface Connection {
  /** Answers under way; of pipelined requests there may be several. */
  readonly pending: Set<ServerResponse>;
  /** Read before the first byte of HTTP could come: those of the TLS handshake. */
  readonly bytesBefore: number;
  /** No further request is taken from it. */
  isEnding: boolean;
}

/** @throws when OpenSSL does not like `tls` */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  let { headers = {}, tls: inForce } = options;
  let stopping = false;
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, noDelay: true },
    (request: IncomingMessage, response: ServerResponse) => {
      for (const name in headers) response.setHeader(name, headers[name] ?? '');
      const connection = connections.get(request.socket);
      if (stopping || connection?.isEnding) response.setHeader('connection', 'close');
      connection?.pending.add(response);
      let over: (() => void) | undefined;
      const endpoint = options.router.handle(request, response, (listener) => {
        over = listener;
      });
      response.on('close', () => {
        connection?.pending.delete(response);
        // Where the head had been sent before it could say so.
        if (connection?.isEnding) request.socket.destroySoon();
        over?.();
        options.observe.answered(endpoint, response.headersSent ? response.statusCode : CLIENT_GONE);
      });
    },
  );

  const connections = new Map<Socket, Connection>();
  const serveHttp = takeConnectionListener(server);
  const shaking = new Set<Socket>();
  let door = doorFor(options.tls);
  server.on('connection', (raw: Socket) => {
    if (door === undefined) serve(raw);
    else door.admit(raw);
  });

  function doorFor(tls: ServerTls | undefined): TlsDoor | undefined {
    return tls === undefined ? undefined : createTlsDoor({ tls, shaking, letIn: serve });
  }

  function serve(socket: Socket): void {
    const pending = new Set<ServerResponse>();
    connections.set(socket, { pending, bytesBefore: socket.bytesRead, isEnding: false });
    socket.once('close', () => {
      connections.delete(socket);
      // Node tells the answer whose turn it is; those that wait behind it would never hear that their caller left.
      for (const response of pending) if (response.socket === null) response.emit('close');
    });
    serveHttp(socket);
  }

  /** Those that were never used too, as browsers and probes open them: Node counts them as busy until they time out. */
  function closeIdle(): void {
    server.closeIdleConnections();
    for (const [socket, { bytesBefore }] of connections) if (socket.bytesRead === bytesBefore) socket.destroy();
    // No request has come by them yet, so they are as good as not accepted.
    for (const raw of shaking) raw.destroy();
  }

  function endAll(): void {
    for (const connection of connections.values()) {
      connection.isEnding = true;
      for (const response of connection.pending) {
        if (!response.headersSent) response.setHeader('connection', 'close');
      }
    }
    closeIdle();
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
    setTls(tls) {
      door = doorFor(tls);
      if (!admitsAlike(inForce, tls)) endAll();
      inForce = tls;
    },
    setHeaders(next) {
      headers = next;
    },
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

/** Whether nothing but the server's own certificate is another. */
function admitsAlike(before: ServerTls | undefined, after: ServerTls | undefined): boolean {
  const { identity: _, ...one } = before ?? { identity: undefined };
  const { identity: __, ...other } = after ?? { identity: undefined };
  return (before === undefined) === (after === undefined) && isDeepStrictEqual(one, other);
}

/** nginx's number for a caller that left before it was answered. */
const CLIENT_GONE = 499;

/**
 * Takes off what Node's server does with a new connection and returns it, so that TLS can come before it. Node documents the
 * event `connection` as the way to hand connections in; time-outs and the count of connections work as for its own.
 */
function takeConnectionListener(server: Server): (socket: Socket) => void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  return (socket) => {
    for (const listener of listeners) listener.call(server, socket);
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address once it listens');
  return address;
}
