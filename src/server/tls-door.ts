import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Milliseconds } from '../base/duration.js';
import { isClientWelcome } from './client-certificate.js';
import { type ServerTls, tlsOptions } from './server-tls.js';

/** Turns connections into such that speak TLS. */
export interface TlsDoor {
  /** Shakes hands, and lets in whoever is welcome. */
  admit(raw: Socket): void;
}

export interface TlsDoorOptions {
  readonly tls: ServerTls;
  /** For a handshake; absent: as `tlsOptions` has it. */
  readonly handshakeMs: Milliseconds | undefined;
  /** Connections whose handshake is under way: they are added and taken off here. */
  readonly shaking: Set<Socket>;
  /** The connection as it came in is told too. */
  readonly letIn: (socket: TLSSocket, raw: Socket) => void;
}

/**
 * A server that listens nowhere. Whatever is changed needs no restart then: new connections go to another door, and those
 * that came in by this one live on. Who speaks plain HTTP to it is cut off.
 *
 * @throws when OpenSSL does not like the certificate, the key or the ciphers
 */
export function createTlsDoor({ tls, handshakeMs, shaking, letIn }: TlsDoorOptions): TlsDoor {
  const byPeer = new Map<string, Socket>();

  function forget(peer: string): Socket | undefined {
    const raw = byPeer.get(peer);
    byPeer.delete(peer);
    if (raw !== undefined) shaking.delete(raw);
    return raw;
  }

  const settings = tlsOptions(tls);
  if (handshakeMs !== undefined) settings.handshakeTimeout = handshakeMs;
  const server = createServer(settings, (socket) => {
    const raw = forget(peerOf(socket)) ?? socket;
    // Until HTTP listens nobody else does, and a reset must not end the program.
    socket.on('error', () => socket.destroy());
    if (isClientWelcome(socket, tls)) letIn(socket, raw);
    else socket.destroy();
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());

  return {
    admit(raw) {
      const peer = peerOf(raw);
      byPeer.set(peer, raw);
      shaking.add(raw);
      raw.once('close', () => {
        if (byPeer.get(peer) === raw) forget(peer);
        shaking.delete(raw);
      });
      server.emit('connection', raw);
    },
  };
}

/** The same for a connection before and after its handshake; Node has no other link from one to the other. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
