/** Work of one connection: each request has its turn when the one before it has been answered. */
export interface Turns {
  /** Does it at once where nothing is under way. False: too many wait, and it has been forgotten. */
  take(work: () => void): boolean;
  /** What was under way is over: the next has its turn. */
  over(): void;
  /** The connection is gone: whoever waits will never have a turn. */
  forget(): void;
  readonly isIdle: boolean;
}

/** Requests that wait behind others of their connection, over all connections. */
export interface WaitingRoom {
  turns(): Turns;
  readonly waiting: number;
}

/**
 * Nobody whom we know sends a request before the last one is answered (HTTP pipelining), but anybody may: a packet holds
 * a thousand. So each connection has one at work, and some may wait; of all connections no more than take some 50 MB.
 */
const MOST_WAITING = 1_024;
const MOST_WAITING_IN_ALL = 2_048;

export function createWaitingRoom(): WaitingRoom {
  let inAll = 0;

  function turns(): Turns {
    let waiting: (() => void)[] = [];
    let isIdle = true;

    function forget(): void {
      inAll -= waiting.length;
      waiting = [];
    }

    return {
      take(work) {
        if (isIdle) {
          isIdle = false;
          work();
          return true;
        }
        if (waiting.length >= MOST_WAITING || inAll >= MOST_WAITING_IN_ALL) return false;
        waiting.push(work);
        inAll += 1;
        return true;
      },
      over() {
        // Out of the list at once: a caller that never lets it become empty must not hold what has been answered.
        const work = waiting.shift();
        if (work === undefined) {
          isIdle = true;
          return;
        }
        inAll -= 1;
        work();
      },
      forget,
      get isIdle() {
        return isIdle;
      },
    };
  }

  return {
    turns,
    get waiting() {
      return inAll;
    },
  };
}
