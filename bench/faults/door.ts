import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Part } from '../support/stage.js';
import { keepSockets, listenAt } from '../support/tcp-server.js';

/** `refused`: nobody listens. `silent`: connections are taken, and nothing is said on them. `reset`: they are reset at once. */
export type DoorMode = 'open' | 'refused' | 'silent' | 'reset';

export interface DoorOptions {
  readonly toPort: number;
  readonly address?: string;
  /** Absent: a free one. */
  readonly port?: number;
}

/** A port that leads to another one, and can be shut: what DNS and TCP do to an API, without a change at the API. */
export interface Door extends Part {
  readonly port: number;
  /** Ends the connections that are open, too; but silent ones stay silent. */
  set(mode: DoorMode): Promise<void>;
  leadTo(port: number): void;
  /** Ends all connections. */
  drop(): void;
}

export async function openDoor({ toPort, address = '127.0.0.1', port = 0 }: DoorOptions): Promise<Door> {
  const { keep, drop } = keepSockets();
  let destination = toPort;
  let mode: DoorMode = 'open';
  const server = createServer((socket) => {
    keep(socket);
    if (mode === 'reset') socket.resetAndDestroy();
    else if (mode === 'silent') socket.resume();
    else relay(socket, keep(connect(destination, '127.0.0.1')));
  });

  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    drop();
    await closed;
  }

  const ownPort = await listenAt(server, { port, address });
  return {
    port: ownPort,
    async set(next) {
      if (mode !== 'silent') drop();
      mode = next;
      if (next === 'refused') await close();
      else if (!server.listening) await listenAt(server, { port: ownPort, address });
    },
    leadTo(next) {
      destination = next;
    },
    drop,
    stop: close,
    kill: drop,
  };
}

/** A reset goes through: half a close would look like an end. */
function relay(one: Socket, other: Socket): void {
  one.pipe(other);
  other.pipe(one);
  one.once('close', () => other.destroy());
  other.once('close', () => (other.errored === null ? one.destroySoon() : one.resetAndDestroy()));
}
