import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Part } from '../support/stage.js';

/** Applications that write what they like: below HTTP, where a server of Node's would keep its own manners. */
export interface RawApplications extends Part {
  readonly port: number;
  /** Connections taken so far. */
  readonly connections: number;
}

export interface RawRequest {
  readonly host: string;
  readonly path: string;
}

export type RawAnswer = (socket: Socket, request: RawRequest) => void;

const HEAD_END = '\r\n\r\n';

/** @param answerOf by the first label of the host that is asked for; a connection for nobody is closed */
export async function startRawApplications(
  answerOf: (name: string) => RawAnswer | undefined,
): Promise<RawApplications> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf(HEAD_END); end >= 0; end = text.indexOf(HEAD_END)) {
        const request = readHead(text.slice(0, end));
        text = text.slice(end + HEAD_END.length);
        const answer = answerOf(request.host.split('.')[0] ?? '');
        if (answer === undefined) socket.destroy();
        else answer(socket, request);
      }
    });
  });
  const listening = once(server, 'listening');
  server.listen(0, '127.0.0.1');
  await listening;
  const kill = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: addressOf(server.address()).port,
    get connections() {
      return connections;
    },
    stop: async () => kill(),
    kill,
  };
}

function readHead(head: string): RawRequest {
  const path = head.split(' ')[1] ?? '';
  const host = /^host:\s*([^\r\n]*)/im.exec(head)?.[1] ?? '';
  return { host, path };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('the applications have no TCP address');
  return address;
}
