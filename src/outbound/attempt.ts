import type { Socket } from 'node:net';
import type { Milliseconds } from '../base/duration.js';
import { outboundError, proxyTimeout } from './outbound-error.js';

/** One attempt to get a connection: several steps, one time limit, one outcome. */
export interface Attempt {
  /**
   * Waits for a socket's event and goes on. An error of the socket, as `describe` puts it, ends the attempt until there
   * is an outcome; it is listened to for good, since one that nobody hears would end the process.
   */
  step(
    socket: Socket,
    event: 'connect' | 'secureConnect',
    next: (socket: Socket) => void,
    describe?: (error: Error) => Error,
  ): void;
  readonly succeed: (socket: Socket) => void;
  readonly fail: (error: Error) => void;
}

type Callback = (...args: [null, Socket] | [Error, null]) => void;

/** @param proxyName the proxy on the way, if any, for the words of a time-out */
export function startAttempt(timeoutMs: Milliseconds, proxyName: string | undefined, callback: Callback): Attempt {
  const sockets: Socket[] = [];
  let over = false;
  const timer = setTimeout(() => {
    fail(proxyName === undefined ? outboundError('connect_timeout') : proxyTimeout(proxyName));
  }, timeoutMs);

  function fail(error: Error): void {
    if (over) return;
    over = true;
    clearTimeout(timer);
    for (const socket of sockets) socket.destroy();
    callback(error, null);
  }

  return {
    step(socket, event, next, describe = (error) => error) {
      sockets.push(socket);
      socket.on('error', (error) => fail(describe(error)));
      socket.once(event, () => {
        if (!over) next(socket);
      });
    },
    succeed(socket) {
      over = true;
      clearTimeout(timer);
      callback(null, socket);
    },
    fail,
  };
}
