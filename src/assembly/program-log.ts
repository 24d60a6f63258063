import type { LogConfig } from '../config/config.js';
import { createLog, type LogOptions, type RootLog } from '../telemetry/log.js';
import { type LogFile, openLogFile } from '../telemetry/log-file.js';
import { logLevelsOf } from './log-levels.js';

/** The one log of the program, as its configuration wants it. */
export interface ProgramLog {
  readonly log: RootLog;
  /** Takes other levels, forms and another file from now on; a file of the same name is opened anew (logrotate). */
  configure(config: LogConfig): void;
  /** Resolves when the file holds all that was logged. */
  close(): Promise<void>;
}

export function createProgramLog(config: LogConfig, stderr: { write(text: string): unknown }): ProgramLog {
  let file: LogFile | undefined;

  function optionsOf(asked: LogConfig): LogOptions {
    void file?.close();
    file = asked.file === undefined ? undefined : openLogFile(asked.file, (sentence) => stderr.write(`${sentence}\n`));
    const toFile = file === undefined ? [] : [{ format: asked.fileFormat, destination: file }];
    return { levels: logLevelsOf(asked).levels, outputs: [{ format: asked.format, destination: stderr }, ...toFile] };
  }

  function tellUnknown(asked: LogConfig): void {
    const { unknown } = logLevelsOf(asked);
    if (unknown.length > 0) {
      log.child('config').info('levels of loggers that do not exist here are ignored', { loggers: unknown.join(', ') });
    }
  }

  const log = createLog(optionsOf(config));
  tellUnknown(config);
  return {
    log,
    configure(next) {
      log.configure(optionsOf(next));
      tellUnknown(next);
    },
    async close() {
      await file?.close();
    },
  };
}
