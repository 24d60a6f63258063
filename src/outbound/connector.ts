import { connect as connectTcp, isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';
import type { buildConnector } from 'undici';
import type { Milliseconds } from '../base/duration.js';
import type { ConnectTo } from './connect-to.js';
import { outboundError } from './outbound-error.js';

export interface ConnectorOptions {
  readonly connectTo: ConnectTo;
  readonly connectTimeoutMs: Milliseconds;
  readonly tls: TlsOptions;
}

export interface TlsOptions {
  /** PEM texts of certificate authorities that are trusted beside the system's; empty for those alone. */
  readonly certificateAuthorities: readonly string[];
  readonly verify: 'always' | 'never';
}

/** Sessions are 1.5 to 4 KB each; a resumed handshake spares both sides the certificate. */
const MAX_SESSIONS = 4_000;

/**
 * Opens sockets for undici. Its own connector holds TLS sessions by weak references only, which are gone with the next
 * garbage collection; ours keeps them, by server name.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const secureContext = contextWith(options.tls.certificateAuthorities);
  const sessions = createSessions();

  function open(protocol: string, hostname: string, port: number, servername: string): Socket {
    const address = options.connectTo(hostname, port);
    if (protocol !== 'https:') return connectTcp({ ...address, noDelay: true, keepAlive: true });
    const session = sessions.get(servername);
    const socket = connectTls({
      ...address,
      servername: isIP(servername) === 0 ? servername : '',
      // Without a server name Node would compare the certificate with where we connect to, not with what was asked for.
      checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate),
      secureContext,
      rejectUnauthorized: options.tls.verify === 'always',
      ALPNProtocols: ['http/1.1'],
      ...(session === undefined ? {} : { session }),
    });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('session', (fresh) => sessions.set(servername, fresh));
    return socket;
  }

  return (request, callback) => {
    const hostname = request.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = Number(request.port) || (request.protocol === 'https:' ? 443 : 80);
    const socket = open(request.protocol, hostname, port, request.servername ?? hostname);
    const timer = setTimeout(() => socket.destroy(outboundError('connect_timeout')), options.connectTimeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      callback(error, null);
    };
    socket.once('error', fail);
    socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      callback(null, socket);
    });
  };
}

/** Made once: parsing the system's certificates for each connection would cost more than its handshake. */
function contextWith(certificateAuthorities: readonly string[]): SecureContext {
  if (certificateAuthorities.length === 0) return createSecureContext();
  return createSecureContext({ ca: [...rootCertificates, ...certificateAuthorities] });
}

interface Sessions {
  get(servername: string): Buffer | undefined;
  set(servername: string, session: Buffer): void;
}

function createSessions(): Sessions {
  const byName = new Map<string, Buffer>();
  return {
    get: (servername) => byName.get(servername),
    set(servername, session) {
      byName.delete(servername);
      byName.set(servername, session);
      const oldest = byName.keys().next();
      if (byName.size > MAX_SESSIONS && oldest.done !== true) byName.delete(oldest.value);
    },
  };
}
