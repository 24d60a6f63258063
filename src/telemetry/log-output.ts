import { createWriteStream, type WriteStream } from 'node:fs';
import { describeError } from '../base/errors.js';

/** Where lines go: the standard stream always, a file beside it where one is named. */
export interface LogOutput {
  write(line: string): void;
  /** Opens the file anew, so that one that was moved away (logrotate) is made again; undefined for none. */
  useFile(path: string | undefined): void;
  /** Resolves when all that was written is out. */
  close(): Promise<void>;
}

/** Users other than the owner and its group have no business in a log. */
const FILE_MODE = 0o640;

/**
 * Lines are appended. A file that cannot be written is said once on the stream, and lines go on there; logging never
 * fails.
 */
export function createLogOutput(stream: { write(text: string): unknown }): LogOutput {
  let file: WriteStream | undefined;

  function open(path: string): WriteStream {
    const opened = createWriteStream(path, { flags: 'a', mode: FILE_MODE });
    opened.on('error', (error) => {
      if (file === opened) file = undefined;
      stream.write(`the log file cannot be written: ${describeError(error)}\n`);
    });
    return opened;
  }

  function end(old: WriteStream | undefined): Promise<void> {
    if (old === undefined || old.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      old.once('error', () => resolve());
      old.end(() => resolve());
    });
  }

  return {
    write(line) {
      stream.write(line);
      file?.write(line);
    },
    useFile(path) {
      const old = file;
      file = path === undefined ? undefined : open(path);
      void end(old);
    },
    async close() {
      const old = file;
      file = undefined;
      await end(old);
    },
  };
}
