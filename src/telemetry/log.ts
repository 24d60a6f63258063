import { type Logger, pino } from 'pino';
import { describeError } from '../base/errors.js';
import { textLine } from './log-text.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** What may be asked for; `off` lets nothing through. */
export type LogThreshold = LogLevel | 'off';

export type LogFormat = 'text' | 'json';

/** Further facts of an event. An error in any field is told in words, with its stack at DEBUG only. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One event is one line, whatever its texts contain. */
export interface Log {
  /** A logger below this one: `foundation`, and below that `foundation.token`. */
  child(name: string): Log;
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Ask before building fields that cost something. */
  isEnabled(level: LogLevel): boolean;
}

export interface LogOptions {
  readonly format: LogFormat;
  readonly levels: LogLevels;
  /** Takes each line with its line break; in production `process.stderr`. */
  readonly destination: { write(line: string): unknown };
}

export interface LogLevels {
  readonly root: LogThreshold;
  /** By name of logger; a name holds for all below it too, the longest wins. */
  readonly loggers: ReadonlyMap<string, LogThreshold>;
}

/** What pino writes itself; a field of such a name gets a `_` behind it. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set(['time', 'level', 'logger', 'message']);

/** JSON escapes the controls below U+0020 itself; these break a line or a terminal too. */
const LATE_CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

export function createLog({ format, levels, destination }: LogOptions): Log {
  const write = (line: string): void => {
    destination.write(format === 'json' ? escapeLateControls(line) : textLine(line));
  };
  const root = pino(
    {
      // Each child has a threshold of its own; pino lets one be lower than its parent's.
      level: pinoLevel(levels.root),
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return createNamedLog('', root, levels);
}

function createNamedLog(name: string, root: Logger, levels: LogLevels): Log {
  const logger = root.child(name === '' ? {} : { logger: name }, { level: pinoLevel(thresholdOf(name, levels)) });

  function write(level: LogLevel, message: string, fields?: LogFields): void {
    if (!logger.isLevelEnabled(level)) return;
    if (fields === undefined) logger[level](message);
    else logger[level](printable(fields, logger.isLevelEnabled('debug') ? 'with stacks' : 'in words'), message);
  }

  return {
    child: (childName) => createNamedLog(name === '' ? childName : `${name}.${childName}`, root, levels),
    trace: (message, fields) => write('trace', message, fields),
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
    isEnabled: (level) => logger.isLevelEnabled(level),
  };
}

/** The threshold of the nearest name upwards. */
function thresholdOf(name: string, { root, loggers }: LogLevels): LogThreshold {
  for (let at = name; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const threshold = loggers.get(at);
    if (threshold !== undefined) return threshold;
  }
  return root;
}

function pinoLevel(threshold: LogThreshold): string {
  return threshold === 'off' ? 'silent' : threshold;
}

function printable(fields: LogFields, errors: 'in words' | 'with stacks'): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const key = RESERVED_FIELDS.has(name) ? `${name}_` : name;
    const isError = value instanceof Error || name === 'error';
    result[key] = isError && value !== undefined ? describeError(value) : value;
    if (errors === 'with stacks' && value instanceof Error && value.stack !== undefined) result['stack'] = value.stack;
  }
  return result;
}

function escapeLateControls(line: string): string {
  return line.replace(LATE_CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
