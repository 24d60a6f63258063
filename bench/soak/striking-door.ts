import { connect, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { RawAnswer } from '../faults/raw-application.js';
import { hearHeads } from '../faults/request-heads.js';
import { startTcpServer, type TcpServer } from '../support/tcp-server.js';

export interface StrikingDoorOptions {
  /** Speaks plain HTTP. */
  readonly routerPort: number;
  readonly secureContext: SecureContext;
  /** Undefined: the request goes on. */
  strike(instance: string): RawAnswer | undefined;
}

/**
 * The way to all applications: most requests go on to the router, and some are answered in a way of the door's own. TLS
 * ends here, so that a fault can be written below HTTP. Each connection has one of its own to the router.
 */
export async function openStrikingDoor({ routerPort, secureContext, strike }: StrikingDoorOptions): Promise<TcpServer> {
  return await startTcpServer((raw, keep) => {
    const secure = new TLSSocket(raw, { isServer: true, secureContext });
    // Only what is below TLS can be reset.
    Object.assign(secure, { resetAndDestroy: () => raw.resetAndDestroy() });
    const socket: Socket = keep(secure);
    const upstream = keep(connect(routerPort, '127.0.0.1'));
    upstream.pipe(socket);
    upstream.once('close', () => socket.destroySoon());
    socket.once('close', () => upstream.destroy());
    hearHeads(socket, (head) => {
      const answer = strike(instanceOf(head));
      if (answer === undefined) upstream.write(head, 'latin1');
      else answer(socket, { host: '', path: head.split(' ', 2)[1] ?? '' });
    });
  });
}

/** `guid:index` in the header, `guid/index` everywhere else here. */
function instanceOf(head: string): string {
  const named = /^x-cf-app-instance: *([^\r\n]*)/im.exec(head)?.[1] ?? '';
  return named.replace(':', '/');
}
