import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type SecureContext } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Milliseconds } from '../base/duration.js';
import type { TlsConfig } from '../config/config.js';
import { type Attempt, startAttempt } from './attempt.js';
import type { ConnectTo } from './connect-to.js';
import { proxyError } from './outbound-error.js';
import { type Destination, destinationOf, type OutboundProxy, type ProxyRoute } from './proxy.js';
import { openTunnel } from './proxy-tunnel.js';
import { createTlsContext } from './tls-context.js';
import { createTlsSessions } from './tls-sessions.js';

export interface ConnectorOptions {
  /** For the sockets that we open ourselves: towards targets, or, for those behind a proxy, towards the proxy. */
  readonly connectTo: ConnectTo;
  /** For everything until a request can be sent: proxy, tunnel and handshakes included. */
  readonly connectTimeoutMs: Milliseconds;
  readonly tls: TlsConfig;
}

interface Target extends Destination {
  /** The name in the certificate, and the one asked for by SNI. */
  readonly servername: string;
}

/**
 * Opens sockets for undici. Its own connector holds TLS sessions by weak references only, which are gone with the next
 * garbage collection; ours keeps them, by server name.
 */
export function createConnector(options: ConnectorOptions, proxyFor: ProxyRoute): buildConnector.connector {
  const { tls, connectTo, connectTimeoutMs } = options;
  const secureContext = createTlsContext(tls);
  const proxyContext = once(() => createTlsContext({ ...tls, identity: undefined }));
  const sessions = createTlsSessions();

  function openTcp(host: string, port: number): Socket {
    return connectTcp({ ...connectTo(host, port), noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  }

  /** Handshake with the target, on a socket of its own or through a tunnel. */
  function secure(target: Target, tunnel: Socket | undefined): Socket {
    const { servername } = target;
    const session = sessions.get(servername);
    const socket = connectTls({
      ...(tunnel === undefined ? connectTo(target.host, target.port) : { socket: tunnel }),
      ...namedServer(servername),
      secureContext,
      rejectUnauthorized: tls.verify === 'always',
      ...(session === undefined ? {} : { session }),
    });
    if (tunnel === undefined) keepAlive(socket);
    socket.on('session', (fresh) => sessions.set(servername, fresh));
    return socket;
  }

  function connectDirectly(attempt: Attempt, target: Target): void {
    if (target.scheme === 'https') attempt.step(secure(target, undefined), 'secureConnect', attempt.succeed);
    else attempt.step(openTcp(target.host, target.port), 'connect', attempt.succeed);
  }

  function connectThrough(attempt: Attempt, proxy: OutboundProxy, target: Target): void {
    const connected = (socket: Socket): void => {
      if (target.scheme === 'http') attempt.succeed(socket);
      else
        openTunnel(socket, proxy, authority(target), {
          onError: attempt.fail,
          onOpen: () => attempt.step(secure(target, socket), 'secureConnect', attempt.succeed),
        });
    };
    const socket = proxy.scheme === 'https' ? secureProxy(proxy, proxyContext()) : openTcp(proxy.host, proxy.port);
    attempt.step(socket, proxy.scheme === 'https' ? 'secureConnect' : 'connect', connected, unreachable(proxy));
  }

  /**
   * The proxy is verified whatever `verify` says: it is sent a password, and `verify` is about targets. So are client
   * certificate and server name, while the authorities count for both.
   */
  function secureProxy(proxy: OutboundProxy, context: SecureContext): Socket {
    const address = connectTo(proxy.host, proxy.port);
    return keepAlive(connectTls({ ...address, ...namedServer(proxy.host), secureContext: context }));
  }

  return (request, callback) => {
    const destination = destinationOf(request.protocol, request.hostname, request.port);
    const servername = tls.serverName ?? request.servername ?? destination.host;
    const target: Target = { ...destination, servername };
    const proxy = proxyFor(target);
    const attempt = startAttempt(connectTimeoutMs, proxy?.name, callback);
    if (proxy === undefined) connectDirectly(attempt, target);
    else connectThrough(attempt, proxy, target);
  };
}

/** Without a server name Node would compare the certificate with where we connect to, not with what was asked for. */
function namedServer(servername: string): {
  readonly servername: string;
  readonly checkServerIdentity: typeof checkServerIdentity;
  readonly ALPNProtocols: string[];
} {
  return {
    servername: isIP(servername) === 0 ? servername : '',
    checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate),
    ALPNProtocols: ['http/1.1'],
  };
}

function keepAlive<S extends Socket>(socket: S): S {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  return socket;
}

function authority({ host, port }: Target): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function unreachable(proxy: OutboundProxy): (error: Error) => Error {
  return (error) => proxyError(proxy.name, 'the connection to it failed', error);
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
