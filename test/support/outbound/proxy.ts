import { type IncomingMessage, request as sendRequest } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProxyConfig } from '../../../src/config/config.js';
import type { KeyPair } from './certificates.js';
import { serve, type TestServer } from './serve.js';

/** A real proxy on loopback, which resolves names by a table. */
export interface TestProxy extends TestServer {
  /** `CONNECT orders.example.org:443`, `GET http://orders.example.org/metrics`; oldest first. */
  readonly requests: readonly string[];
  /** What came as `Proxy-Authorization`, for each request. */
  readonly authorizations: readonly (string | undefined)[];
  /** Ends all tunnels, as a proxy that restarts. */
  cutTunnels(): void;
}

export interface TestProxyOptions {
  /** Ports on 127.0.0.1 by `host:port`; others are answered 502. */
  readonly names: Readonly<Record<string, number>>;
  /** `user:password`, without which the answer is 407. */
  readonly credentials?: string;
  readonly tls?: KeyPair;
  /** What it does with CONNECT instead of opening a tunnel. */
  readonly onConnect?: (socket: Duplex) => void;
}

export async function serveProxy(options: TestProxyOptions): Promise<TestProxy> {
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const tunnels: Duplex[] = [];

  function isAllowed(request: IncomingMessage): boolean {
    const given = request.headers['proxy-authorization'];
    requests.push(`${request.method} ${request.url}`);
    authorizations.push(given);
    if (options.credentials === undefined) return true;
    return given === `Basic ${Buffer.from(options.credentials, 'utf8').toString('base64')}`;
  }

  const server = await serve(
    (request, response) => {
      if (!isAllowed(request)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end('who?');
      const url = new URL(request.url ?? '', 'http://origin-form.invalid');
      const port = options.names[`${url.hostname}:${url.port || 80}`];
      if (port === undefined) return void response.writeHead(502).end('unknown host');
      const { 'proxy-authorization': _, ...headers } = request.headers;
      const onward = sendRequest(
        { host: '127.0.0.1', port, path: `${url.pathname}${url.search}`, headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    },
    {
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      onConnect(request, socket) {
        socket.on('error', () => undefined);
        if (!isAllowed(request)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        if (options.onConnect !== undefined) return options.onConnect(socket);
        const port = options.names[request.url ?? ''];
        if (port === undefined) return void socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
        const onward = connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n');
          onward.pipe(socket).pipe(onward);
        });
        onward.on('error', () => socket.destroy());
        tunnels.push(socket, onward);
      },
    },
  );
  const cutTunnels = (): void => {
    for (const socket of tunnels.splice(0)) socket.destroy();
  };
  return { ...server, requests, authorizations, cutTunnels };
}

/** The configuration by which a client uses a proxy on loopback. */
export function proxyConfig(proxy: { readonly port: number }, changes: Partial<ProxyConfig> = {}): ProxyConfig {
  return { host: '127.0.0.1', port: proxy.port, scheme: 'http', credentials: undefined, noProxy: [], ...changes };
}
