import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { RawAnswer } from '../faults/raw-application.js';
import type { Part } from '../support/stage.js';

/** The way to all applications: most requests go on to the router, and some are answered in a way of the door's own. */
export interface StrikingDoor extends Part {
  readonly port: number;
}

export interface StrikingDoorOptions {
  /** Speaks plain HTTP. */
  readonly routerPort: number;
  readonly secureContext: SecureContext;
  /** Undefined: the request goes on. */
  strike(instance: string): RawAnswer | undefined;
}

const HEAD_END = '\r\n\r\n';

/** TLS ends here, so that a fault can be written below HTTP. Each connection has one of its own to the router. */
export async function openStrikingDoor(options: StrikingDoorOptions): Promise<StrikingDoor> {
  const sockets = new Set<Socket>();
  const server = createServer((raw) => {
    keep(raw);
    const secure = new TLSSocket(raw, { isServer: true, secureContext: options.secureContext });
    // Only what is below TLS can be reset.
    Object.assign(secure, { resetAndDestroy: () => raw.resetAndDestroy() });
    keep(secure);
    serve(secure);
  });

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  }

  function serve(socket: Socket): void {
    const upstream = keep(connect(options.routerPort, '127.0.0.1'));
    upstream.pipe(socket);
    upstream.once('close', () => socket.destroySoon());
    socket.once('close', () => upstream.destroy());
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf(HEAD_END); end >= 0; end = text.indexOf(HEAD_END)) {
        const head = text.slice(0, end + HEAD_END.length);
        text = text.slice(head.length);
        const answer = options.strike(instanceOf(head));
        if (answer === undefined) upstream.write(head, 'latin1');
        else answer(socket, { host: '', path: head.split(' ', 2)[1] ?? '' });
      }
    });
  }

  const listening = once(server, 'listening');
  server.listen(0, '127.0.0.1');
  await listening;
  const kill = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: addressOf(server.address()).port,
    stop: async () => kill(),
    kill,
  };
}

/** `guid:index` in the header, `guid/index` everywhere else here. */
function instanceOf(head: string): string {
  const named = /^x-cf-app-instance: *([^\r\n]*)/im.exec(head)?.[1] ?? '';
  return named.replace(':', '/');
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('the door has no TCP address');
  return address;
}
