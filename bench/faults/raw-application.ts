import type { Socket } from 'node:net';
import { startTcpServer, type TcpServer } from '../support/tcp-server.js';
import { hearHeads } from './request-heads.js';

/** Applications that write what they like: below HTTP, where a server of Node's would keep its own manners. */
export interface RawApplications extends TcpServer {
  /** Connections taken so far. */
  readonly connections: number;
}

export interface RawRequest {
  readonly host: string;
  readonly path: string;
}

export type RawAnswer = (socket: Socket, request: RawRequest) => void;

/** @param answerOf by the first label of the host that is asked for; a connection for nobody is closed */
export async function startRawApplications(
  answerOf: (name: string) => RawAnswer | undefined,
): Promise<RawApplications> {
  let connections = 0;
  const server = await startTcpServer((socket) => {
    connections += 1;
    hearHeads(socket, (head) => {
      const request = readHead(head);
      const answer = answerOf(request.host.split('.')[0] ?? '');
      if (answer === undefined) socket.destroy();
      else answer(socket, request);
    });
  });
  return {
    ...server,
    get connections() {
      return connections;
    },
  };
}

function readHead(head: string): RawRequest {
  const path = head.split(' ')[1] ?? '';
  const host = /^host:\s*([^\r\n]*)/im.exec(head)?.[1] ?? '';
  return { host, path };
}
