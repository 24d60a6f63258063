import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Stands wherever nobody should ever be asked, and counts who comes. */
export interface Witness {
  readonly port: number;
  readonly connections: number;
  /** What was sent to it, as latin1. */
  readonly heard: string;
  stop(): Promise<void>;
}

export async function startWitness(): Promise<Witness> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let heard = '';
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return connections;
    },
    get heard() {
      return heard;
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
