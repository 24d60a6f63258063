import { connect, createServer, type Socket } from 'node:net';

/** A long way to a server on loopback: each connection gets so many bytes a second, in each direction. */
export interface SlowWay {
  readonly port: number;
  stop(): void;
}

export async function startSlowWay(to: number, bytesPerSecond: number): Promise<SlowWay> {
  const sockets = new Set<Socket>();

  function pass(from: Socket, on: Socket): void {
    from.on('data', (chunk: Buffer) => {
      from.pause();
      on.write(chunk);
      setTimeout(() => from.resume(), (chunk.length / bytesPerSecond) * 1000);
    });
    from.on('error', () => undefined).on('close', () => on.destroy());
    sockets.add(from);
  }

  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
