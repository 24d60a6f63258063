import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Part } from './stage.js';

/** A server below HTTP, on a free port of loopback. It ends at once, whatever is under way. */
export interface TcpServer extends Part {
  readonly port: number;
}

/** Sockets that end with the server that they belong to. */
export interface KeptSockets {
  /** An error of one ends it, and nothing else. */
  keep<S extends Socket>(socket: S): S;
  /** Ends them all. */
  drop(): void;
}

/** @param serve what is done with a connection; sockets that are opened for it are to be kept, too */
export async function startTcpServer(serve: (socket: Socket, keep: KeptSockets['keep']) => void): Promise<TcpServer> {
  const sockets = keepSockets();
  const server = createServer((socket) => serve(sockets.keep(socket), sockets.keep));
  const port = await listenAt(server, { port: 0, address: '127.0.0.1' });
  const kill = (): void => {
    server.close();
    sockets.drop();
  };
  return { port, stop: async () => kill(), kill };
}

export function keepSockets(): KeptSockets {
  const sockets = new Set<Socket>();
  return {
    keep(socket) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
    drop() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

export interface ListeningPlace {
  /** 0: any free one. */
  readonly port: number;
  readonly address: string;
}

/** @returns the port */
export async function listenAt(server: Server, { port, address }: ListeningPlace): Promise<number> {
  const listening = once(server, 'listening');
  server.listen(port, address);
  await listening;
  const place = server.address();
  if (place === null || typeof place === 'string') throw new TypeError('the server has no TCP address');
  return place.port;
}
