import { type BcryptWorker, startBcryptWorker } from './bcrypt-worker.js';

/** Passwords that wait to be compared with a bcrypt hash. One for the whole server, whatever its guards are replaced by. */
export interface BcryptQueue {
  /** `busy` when too many wait: nothing has been compared then. @throws when the thread died or the queue was stopped */
  compare(question: BcryptQuestion): Promise<boolean | 'busy'>;
  /** Ends the thread; what still waits fails. */
  stop(): Promise<void>;
}

export interface BcryptQuestion {
  /**
   * Whoever asks, by address: callers take turns, so that one who guesses makes the others wait for one guess only.
   * Behind a router all have one address, so those whose password was right before come in turn with the addresses, and
   * find a place however many wait.
   */
  readonly caller: string;
  readonly password: string;
  readonly hash: string;
}

/** Stands for all who have been right before; an address has no blank. */
export const KNOWN_BEFORE = 'known before';

interface Waiting {
  readonly question: BcryptQuestion;
  readonly answer: (isRight: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** Two or three seconds of work at the usual cost of 10. */
const MOST_PER_CALLER = 32;
/** Of all addresses together, and as many again who have been right before. */
const MOST_WAITING = 256;

/** The thread starts with the first question. */
export function createBcryptQueue(start: () => BcryptWorker = startBcryptWorker): BcryptQueue {
  /** By caller; whose turn is next stands first. */
  const lanes = new Map<string, Waiting[]>();
  let waitingCount = 0;
  let worker: BcryptWorker | undefined;
  let isRunning = false;
  let isStopped = false;

  /** The next one of the caller whose turn it is, who then goes to the end of the line. */
  function takeNext(): Waiting | undefined {
    const [first] = lanes;
    if (first === undefined) return undefined;
    const [caller, lane] = first;
    const next = lane.shift();
    lanes.delete(caller);
    if (lane.length > 0) lanes.set(caller, lane);
    if (caller !== KNOWN_BEFORE) waitingCount -= 1;
    return next;
  }

  function isFull(caller: string, { length }: readonly Waiting[]): boolean {
    if (caller === KNOWN_BEFORE) return length >= MOST_WAITING;
    return length >= MOST_PER_CALLER || waitingCount >= MOST_WAITING;
  }

  async function work(): Promise<void> {
    isRunning = true;
    for (let next = takeNext(); next !== undefined; next = takeNext()) await compare(next);
    isRunning = false;
  }

  async function compare({ question, answer, fail }: Waiting): Promise<void> {
    try {
      // Twice, since a thread may die for reasons that have nothing to do with what it is asked.
      answer(await ask(question).catch(() => ask(question)));
    } catch (error) {
      fail(error);
    }
  }

  async function ask({ password, hash }: BcryptQuestion): Promise<boolean> {
    if (isStopped) throw new Error('the server has stopped');
    worker ??= start();
    try {
      return await worker.compare(password, hash);
    } catch (error) {
      worker = undefined;
      throw error;
    }
  }

  return {
    compare(question) {
      const lane = lanes.get(question.caller) ?? [];
      if (isFull(question.caller, lane)) return Promise.resolve('busy');
      return new Promise((answer, fail) => {
        lane.push({ question, answer, fail });
        lanes.set(question.caller, lane);
        if (question.caller !== KNOWN_BEFORE) waitingCount += 1;
        if (!isRunning) void work();
      });
    },
    async stop() {
      isStopped = true;
      await worker?.stop();
    },
  };
}
