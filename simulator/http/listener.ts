import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as HttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { ClientCertificates } from '../options.js';

/** Go's limit for heads, and the router's default. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Front connections of the router live that long when idle (facts 5.3). */
const IDLE_MS = 900_000;

/** As Node takes them. */
const TICKET_KEY_BYTES = 48;

export interface TlsOptions {
  readonly key: Buffer;
  readonly cert: Buffer;
  readonly ca: Buffer;
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly clientCertificates: ClientCertificates;
  /** Certificate for another server name; undefined for the usual one. */
  contextFor(serverName: string): Promise<SecureContext | undefined>;
}

export interface ListenerOptions {
  readonly address: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly tls?: TlsOptions;
  handle(request: IncomingMessage, response: ServerResponse, sockets: Sockets): void;
}

export interface Sockets {
  /** The TCP socket of a response, below TLS. */
  under(response: ServerResponse): Socket | undefined;
}

export interface Listener {
  readonly port: number;
  /** Connections that are open now. */
  connections(): number;
  /** Stops listening and ends all connections, so that new ones are refused. */
  pause(): Promise<void>;
  /** Listens again on the same port. */
  resume(): Promise<void>;
  /** No TLS session goes on, as after a restart: clients look at the certificate again. */
  forgetSessions(): void;
}

/** Starts one listener of the foundation. Fails as `listen` does, for example with EADDRINUSE. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const sockets = new Map<number, Socket>();
  const registry: Sockets = { under: (response) => sockets.get(response.socket?.remotePort ?? -1) };
  const server = createHttpServer(options, registry);
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? -1;
    sockets.set(port, socket);
    socket.once('close', () => {
      if (sockets.get(port) === socket) sockets.delete(port);
    });
  });
  await listen(server, options.address, options.port);
  const { port } = addressOf(server);
  return {
    port,
    connections: () => sockets.size,
    async pause() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
    async resume() {
      if (!server.listening) await listen(server, options.address, port);
    },
    forgetSessions() {
      if (server instanceof HttpsServer) server.setTicketKeys(randomBytes(TICKET_KEY_BYTES));
    },
  };
}

function createHttpServer(options: ListenerOptions, registry: Sockets): Server {
  const settings = { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 60_000 };
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', ignoreLostClient);
    options.handle(request, response, registry);
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? createServer(settings, handler)
      : createTlsServer(
          {
            ...settings,
            key: tls.key,
            cert: tls.cert,
            ca: tls.ca,
            minVersion: 'TLSv1.2',
            maxVersion: tls.maxVersion,
            requestCert: tls.clientCertificates !== 'none',
            rejectUnauthorized: tls.clientCertificates === 'require',
            SNICallback(serverName, done) {
              tls.contextFor(serverName).then(
                (context) => done(null, context),
                (error: Error) => done(error),
              );
            },
          },
          handler,
        );
  server.timeout = IDLE_MS;
  server.on('clientError', answerUnreadable);
  return server;
}

/** What Go's server says of a request that it cannot read. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket | import('node:stream').Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const line = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`);
}

/** A client that leaves in the middle of an answer is nothing to report: tests do it on purpose. */
function ignoreLostClient(): void {}

async function listen(server: Server, address: string, port: number): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(port, address);
  await listening;
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The listener has no TCP address');
  return address;
}
