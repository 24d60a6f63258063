import { createWriteStream } from 'node:fs';
import { describeError } from '../base/errors.js';

/** A file that lines are appended to. */
export interface LogFile {
  write(line: string): void;
  /** Resolves when all that was written is out, or cannot be. */
  close(): Promise<void>;
}

/** Users other than the owner and its group have no business in a log. */
const FILE_MODE = 0o640;

/** Logging never fails: a file that cannot be written is complained of once, and its lines are lost. */
export function openLogFile(path: string, complain: (sentence: string) => void): LogFile {
  const stream = createWriteStream(path, { flags: 'a', mode: FILE_MODE });
  let broken = false;
  stream.on('error', (error) => {
    broken = true;
    complain(`the log file cannot be written: ${describeError(error)}`);
  });
  return {
    write(line) {
      if (!broken) stream.write(line);
    },
    close() {
      if (stream.destroyed) return Promise.resolve();
      return new Promise((resolve) => {
        stream.once('close', () => resolve());
        stream.end();
      });
    },
  };
}
