import type { Writable } from 'node:stream';
import { errorCode } from '../base/errors.js';
import type { Output } from './command.js';

/** One of the standard streams. Its errors are told here and nowhere else: unheard, they would end the program. */
export interface ProcessOutput extends Output {
  /** The first thing that went wrong; undefined while all was taken. */
  readonly failure: unknown;
  /** Whether something still waits to be taken: pipes take 64 KiB and then only what is read from them. */
  readonly isBehind: boolean;
  /** Resolves when all has been taken, or cannot be. */
  drained(): Promise<void>;
}

/** @param onReaderGone told once, when nobody reads any longer (EPIPE) */
export function createProcessOutput(stream: Writable, onReaderGone: () => void): ProcessOutput {
  let failure: unknown;

  function failed(error: unknown): void {
    if (failure !== undefined) return;
    failure = error;
    if (isReaderGone(error)) onReaderGone();
  }

  stream.on('error', failed);
  return {
    get failure() {
      return failure;
    },
    get isBehind() {
      return stream.writableLength > 0;
    },
    write(text) {
      try {
        return stream.write(text);
      } catch (error) {
        // Files and devices are written at once, and some versions of Node throw then.
        failed(error);
        return false;
      }
    },
    drained() {
      return new Promise((resolve) => {
        // An error is told a moment after the write that it is about.
        const settle = (): void => void setImmediate(resolve);
        if (stream.writableLength === 0) settle();
        else stream.write('', settle);
      });
    },
  };
}

/** As `head` does when it has what it wants: no failure of ours. */
export function isReaderGone(error: unknown): boolean {
  return errorCode(error) === 'EPIPE';
}
