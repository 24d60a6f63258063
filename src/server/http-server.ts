import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { answerBare, answerToParseError, type BareAnswer, UNKNOWN_METHOD } from './bare-answer.js';
import { createConnectionRoom } from './connection-room.js';
import { faultOfHead } from './head-fault.js';
import { respondText } from './respond.js';
import type { Router } from './router.js';
import { type Sending, watchSending } from './sending-watch.js';
import type { ServerTls } from './server-tls.js';
import { createTlsDoor, type TlsDoor } from './tls-door.js';
import { createWaitingRoom, type Turns } from './turns.js';

export interface HttpServerOptions {
  readonly address: string;
  /** 0 is any free one. */
  readonly port: number;
  /** Asked for each request anew, so one may stand in for others that follow each other; what runs ends where it began. */
  readonly router: Router;
  /** Undefined: plain HTTP. */
  readonly tls?: ServerTls | undefined;
  /** On every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many connections may be open; absent: 10,000. Beyond it, those go that have been idle longest. */
  readonly mostConnections?: number;
  /** For a TLS handshake, and for the head of a request to arrive, also of the first one; absent: ten seconds. */
  readonly headMs?: Milliseconds;
  readonly clock: Clock;
  readonly observe: ServerObserver;
}

export interface ServerObserver {
  answered(endpoint: string, status: number): void;
  /** A connection was ended since there were too many. */
  crowded?(): void;
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
  /** Open now, TLS handshakes included. */
  readonly connections: number;
}

/** Prometheus keeps connections for 300 s; whoever closes first loses a request now and then, so it should be Prometheus. */
const KEEP_ALIVE_MS: Milliseconds = 310_000;
/** A head is one packet. */
const HEAD_MS: Milliseconds = 10_000;
/** For a request to arrive: they have no body. */
const REQUEST_MS: Milliseconds = 30_000;
const IDLE_CHECK_MS: Milliseconds = 50;
const SENDING_CHECK_MS: Milliseconds = 1_000;

/** Idle, each costs 6 to 8 KB, and 22 KB with a head that does not end. */
const MOST_CONNECTIONS = 10_000;

/** A body that nobody reads; more of it is not taken, and so its connection ends. */
const MOST_BODY_BYTES = 64 * 1024;

interface Connection {
  /** As it came in: below TLS, where there is TLS. */
  readonly raw: Socket;
  /** The answer under way. */
  current: ServerResponse | undefined;
  sending: Sending | undefined;
  readonly turns: Turns;
  /** Read before the first byte of HTTP could come: those of the TLS handshake. */
  readonly bytesBefore: number;
  /** No further request is taken from it. */
  isEnding: boolean;
}

/** @throws when OpenSSL does not like `tls` */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  let { headers = {}, tls: inForce } = options;
  let stopping = false;
  let stuck: NodeJS.Timeout | undefined;
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: REQUEST_MS,
      headersTimeout: options.headMs ?? HEAD_MS,
      connectionsCheckingInterval: Math.min(options.headMs ?? HEAD_MS, 2_000),
      noDelay: true,
      // By us, in words (head-fault.ts).
      requireHostHeader: false,
    },
    receive,
  );
  server.on('checkExpectation', receive);
  server.on('connect', (_, socket) => answer(socket, UNKNOWN_METHOD));
  server.on('clientError', refuse);

  function receive(request: IncomingMessage, response: ServerResponse): void {
    const connection = connections.get(request.socket);
    // It has gone meanwhile.
    if (connection === undefined) return;
    if (!connection.turns.take(() => serveNext(connection, request, response))) request.socket.destroy();
  }

  function serveNext(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const { raw } = connection;
    for (const name in headers) response.setHeader(name, headers[name] ?? '');
    const fault = faultOfHead(request);
    if (stopping || fault !== undefined || hasMuchBody(request)) connection.isEnding = true;
    if (connection.isEnding) response.setHeader('connection', 'close');
    connection.current = response;
    room.set(raw, 'busy');
    let over: (() => void) | undefined;
    let endpoint = NO_ENDPOINT;
    response.on('close', () => {
      connection.current = undefined;
      connection.sending = undefined;
      room.set(raw, 'idle');
      over?.();
      options.observe.answered(endpoint, response.headersSent ? response.statusCode : CLIENT_GONE);
      // Where the head had been sent before it could say so.
      if (connection.isEnding) socket.destroySoon();
      else connection.turns.over();
    });
    if (fault === undefined) {
      endpoint = options.router.handle(request, response, (listener) => {
        over = listener;
      });
    } else {
      respondText(response, fault.status, fault.sentence);
    }
  }

  /** What is no request. Where another answer is under way on the connection, this one would be taken for it. */
  function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
    const connection = socket instanceof Socket ? connections.get(socket) : undefined;
    if (connection === undefined || !(socket instanceof Socket) || !socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
    } else if (connection.current !== undefined) {
      // What comes after a request that was said to be the last is nothing to us.
      if (error.code === 'HPE_CLOSED_CONNECTION') return;
      connection.isEnding = true;
      if (connection.current.writableEnded) socket.destroySoon();
      else socket.destroy();
    } else if (connection.bytesBefore === socket.bytesRead) {
      // It never said a word, so nobody waits for one.
      socket.destroy();
    } else {
      answer(socket, answerToParseError(error));
    }
  }

  function answer(socket: Duplex, bare: BareAnswer): void {
    answerBare(socket, { ...bare, headers: { ...headers, ...bare.headers } });
    options.observe.answered(NO_ENDPOINT, bare.status);
  }

  /** Callers that take nothing of what lies ready for them. */
  function endStuck(): void {
    const now = options.clock.monotonic();
    for (const [socket, connection] of connections) {
      const isReady = connection.current?.headersSent === true && socket.writableLength > 0;
      const sending = isReady ? watchSending(connection.sending, socket, now) : undefined;
      if (sending === 'stuck') socket.destroy();
      else connection.sending = sending;
    }
  }

  const room = createConnectionRoom({
    most: options.mostConnections ?? MOST_CONNECTIONS,
    onCrowded: () => options.observe.crowded?.(),
  });
  const waitingRoom = createWaitingRoom();
  const connections = new Map<Socket, Connection>();
  const serveHttp = takeConnectionListener(server);
  const shaking = new Set<Socket>();
  let door = doorFor(options.tls);
  server.on('connection', (raw: Socket) => {
    room.enter(raw);
    raw.once('close', () => room.leave(raw));
    if (raw.destroyed) return;
    if (door === undefined) serve(raw, raw);
    else door.admit(raw);
  });

  function doorFor(tls: ServerTls | undefined): TlsDoor | undefined {
    return tls === undefined ? undefined : createTlsDoor({ tls, handshakeMs: options.headMs, shaking, letIn: serve });
  }

  function serve(socket: Socket, raw: Socket): void {
    const turns = waitingRoom.turns();
    connections.set(socket, {
      raw,
      current: undefined,
      sending: undefined,
      turns,
      bytesBefore: socket.bytesRead,
      isEnding: false,
    });
    socket.once('close', () => {
      connections.delete(socket);
      turns.forget();
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
      if (connection.current?.headersSent === false) connection.current.setHeader('connection', 'close');
    }
    closeIdle();
  }

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.address, () => {
          server.off('error', reject);
          stuck = setInterval(endStuck, SENDING_CHECK_MS).unref();
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
        clearInterval(stuck);
        server.close(() => {
          cut.cancel();
          clearInterval(idle);
          resolve();
        });
      });
    },
    get connections() {
      return room.size;
    },
  };
}

/** Of chunked ones nobody knows. */
function hasMuchBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > MOST_BODY_BYTES;
}

/** Whether nothing but the server's own certificate is another. */
function admitsAlike(before: ServerTls | undefined, after: ServerTls | undefined): boolean {
  const { identity: _, ...one } = before ?? { identity: undefined };
  const { identity: __, ...other } = after ?? { identity: undefined };
  return (before === undefined) === (after === undefined) && isDeepStrictEqual(one, other);
}

/** `endpoint` label of answers to what never came to a path. */
const NO_ENDPOINT = 'none';

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
