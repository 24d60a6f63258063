import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** bcrypt in a thread of its own: one comparison takes the better part of a tenth of a second. */
export interface BcryptWorker {
  /** One at a time: to be called again when the answer is there. @throws when the thread has died */
  compare(password: string, hash: string): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * JavaScript as text, since a thread needs a file of what Node reads by itself: beside the compiled program there is one,
 * under vitest there is not. The library comes from where this file would find it.
 */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { compareSync } = require(workerData.bcryptjs);
parentPort.on('message', ({ password, hash }) => parentPort.postMessage(compareSync(password, hash)));
`;

export function startBcryptWorker(): BcryptWorker {
  const bcryptjs = createRequire(import.meta.url).resolve('bcryptjs');
  const worker = new Worker(PROGRAM, { eval: true, workerData: { bcryptjs }, env: {}, execArgv: [] });
  let failure: Error | undefined;
  let asking: { answer(isRight: boolean): void; fail(error: Error): void } | undefined;

  function died(error: Error): void {
    failure ??= error;
    asking?.fail(failure);
    asking = undefined;
  }

  worker.on('message', (isRight: unknown) => {
    // Idle, it is no reason for the process to live on. (Said before the first message, Node forgets it.)
    worker.unref();
    asking?.answer(isRight === true);
    asking = undefined;
  });
  worker.on('error', (cause) => died(new Error('the thread that compares passwords failed', { cause })));
  worker.on('exit', () => died(new Error('the thread that compares passwords has ended')));

  return {
    compare(password, hash) {
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((answer, fail) => {
        asking = { answer, fail };
        worker.ref();
        worker.postMessage({ password, hash });
      });
    },
    async stop() {
      await worker.terminate();
    },
  };
}
