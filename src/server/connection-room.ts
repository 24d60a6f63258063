import type { Socket } from 'node:net';

/** How many connections may be open at a time, and which of them goes when there is no room for one more. */
export interface ConnectionRoom {
  /**
   * One more has come. Beyond the bound the one is ended that has been idle longest: before all others such whose TLS
   * handshake or first request is awaited, then such that wait for their next. When all are busy, it is the newcomer.
   */
  enter(socket: Socket): void;
  /** What the connection does from now on. Connections that never entered are passed over. */
  set(socket: Socket, doing: Doing): void;
  leave(socket: Socket): void;
  readonly size: number;
}

export type Doing = 'arriving' | 'busy' | 'idle';

export interface ConnectionRoomOptions {
  readonly most: number;
  /** Called with each connection that had to go. */
  readonly onCrowded: () => void;
}

export function createConnectionRoom({ most, onCrowded }: ConnectionRoomOptions): ConnectionRoom {
  /** Each in the order in which its connections came to it. */
  const by: Readonly<Record<Doing, Set<Socket>>> = { arriving: new Set(), idle: new Set(), busy: new Set() };
  const all = new Map<Socket, Doing>();

  function remove(socket: Socket): void {
    const doing = all.get(socket);
    if (doing === undefined) return;
    by[doing].delete(socket);
    all.delete(socket);
  }

  function set(socket: Socket, doing: Doing): void {
    const before = all.get(socket);
    if (before === undefined) return;
    by[before].delete(socket);
    by[doing].add(socket);
    all.set(socket, doing);
  }

  return {
    enter(socket) {
      all.set(socket, 'arriving');
      by.arriving.add(socket);
      if (all.size <= most) return;
      const [first] = by.arriving;
      // The newcomer stands last among those that arrive.
      const [idle] = by.idle;
      const victim = first === socket ? (idle ?? socket) : (first ?? socket);
      remove(victim);
      victim.destroy();
      onCrowded();
    },
    set,
    leave: remove,
    get size() {
      return all.size;
    },
  };
}
