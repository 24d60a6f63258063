import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';

/** A server on loopback, on a free port, that ends with the test that started it. */
export interface TestServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, or https. */
  readonly origin: string;
  /** Every connection that was ever opened, oldest first. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly tls?: TlsServerOptions;
  readonly host?: '127.0.0.1' | '::1';
  /** Answers CONNECT. */
  readonly onConnect?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export async function serve(listener: RequestListener, options: ServeOptions = {}): Promise<TestServer> {
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  // Tests decide when a connection ends; Node's own 5 s must not.
  server.keepAliveTimeout = 60_000;
  if (options.onConnect !== undefined) server.on('connect', options.onConnect);
  return await listen(server, options.tls === undefined ? 'http' : 'https', options.host ?? '127.0.0.1');
}

/** Speaks bytes instead of HTTP, for answers that no HTTP server would give. */
export async function serveBytes(onConnection: (socket: Socket) => void): Promise<TestServer> {
  return await listen(createTcpServer(onConnection), 'http', '127.0.0.1');
}

async function listen(server: Server, scheme: string, host: string): Promise<TestServer> {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { port, origin: `${scheme}://${host === '::1' ? '[::1]' : host}:${port}`, sockets, close };
}
