import { createLog, type Log } from '../../../src/telemetry/log.js';

/** A log whose lines, down to TRACE, are kept in place of being printed. */
export interface RecordedLog {
  readonly log: Log;
  readonly lines: readonly string[];
  /** How many lines contain this text. */
  count(text: string): number;
}

export function recordedLog(): RecordedLog {
  const lines: string[] = [];
  const log = createLog({
    levels: { root: 'trace', loggers: new Map() },
    outputs: [{ format: 'text', destination: { write: (line) => lines.push(line) } }],
  });
  return { log, lines, count: (text) => lines.filter((line) => line.includes(text)).length };
}
