import type { Milliseconds } from '../../src/base/duration.js';

/** One line as `cf logs` shows it. */
export interface LogLine {
  readonly timeMs: Milliseconds;
  /** `APP/PROC/WEB`: what the process wrote. `CELL`: what happened to its container. `RTR`: a request that the router passed on. */
  readonly source: string;
  readonly index: number;
  /** Of the same index there may be several at once. */
  readonly instanceGuid: string;
  readonly stream: 'OUT' | 'ERR';
  readonly text: string;
}

/** The last lines of each application, oldest first. */
export interface ApplicationLogs {
  add(applicationGuid: string, line: LogLine): void;
  of(applicationGuid: string): readonly LogLine[];
}

const KEPT_LINES = 20_000;
/** Taking the oldest away moves all others, so it is not done for each. */
const TRIMMED_AT_ONCE = 5_000;

export function createApplicationLogs(): ApplicationLogs {
  const logs = new Map<string, LogLine[]>();
  return {
    add(applicationGuid, line) {
      const lines = logs.get(applicationGuid) ?? [];
      logs.set(applicationGuid, lines);
      lines.push(line);
      if (lines.length > KEPT_LINES + TRIMMED_AT_ONCE) lines.splice(0, TRIMMED_AT_ONCE);
    },
    of: (applicationGuid) => [...(logs.get(applicationGuid) ?? [])],
  };
}
