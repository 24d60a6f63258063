import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Stands behind the router's address for applications, and writes down each request head that comes, whole. */
export interface RecordingApplication {
  readonly port: number;
  /** As latin1, oldest first. */
  readonly heads: readonly string[];
  /** Connections that are open. */
  readonly connections: number;
  reset(): void;
  stop(): Promise<void>;
}

/** Answers a request for an instance, `<guid>:<index>`, on the bare socket. */
export type AnswerInstance = (instance: string, socket: Socket) => void;

export async function startRecordingApplication(answer: AnswerInstance): Promise<RecordingApplication> {
  const sockets = new Set<Socket>();
  let heads: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end + 4);
        text = text.slice(end + 4);
        heads.push(head);
        answer(/^x-cf-app-instance: (.*)\r$/m.exec(head)?.[1] ?? '', socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get heads() {
      return heads;
    },
    get connections() {
      return sockets.size;
    },
    reset() {
      heads = [];
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A small exposition that names its instance. */
export function nameItself(instance: string, socket: Socket): void {
  const body = `up_x{instance="${instance}"} 1\n`;
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
