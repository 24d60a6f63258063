import { type Logger, pino } from 'pino';
import { describeError } from '../base/errors.js';
import { type LogFormat, shapeOfLines } from './log-shapes.js';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** What may be asked for; `off` lets nothing through. */
export type LogThreshold = LogLevel | 'off';

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

/** The log of a program: what is written, and how, may change while it runs; loggers handed out go along. */
export interface RootLog extends Log {
  /** The last line of a program that cannot go on: past all thresholds, with the stack. */
  fatal(message: string, fields: LogFields): void;
  configure(options: LogOptions): void;
}

export interface LogOptions {
  readonly levels: LogLevels;
  /** Each takes every line; in production `process.stderr`, and a file where one is named. */
  readonly outputs: readonly LogOutput[];
}

export interface LogOutput {
  readonly format: LogFormat;
  /** Takes each line with its line break. */
  readonly destination: { write(line: string): unknown };
}

export interface LogLevels {
  readonly root: LogThreshold;
  /** By name of logger; a name holds for all below it too, the longest wins. */
  readonly loggers: ReadonlyMap<string, LogThreshold>;
}

/** What pino writes itself; a field of such a name gets a `_` behind it. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set(['time', 'level', 'logger', 'message']);

/** How severe a level is: what is not below a threshold gets through. */
const SEVERITY: Readonly<Record<LogThreshold, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  off: 99,
};

/** What all loggers of one program share. */
interface Settings {
  levels: LogLevels;
  /** Counted up with each change, so that loggers look their thresholds up again. */
  generation: number;
}

export function createLog(options: LogOptions): RootLog {
  let writers = options.outputs.map(writerOf);
  const settings: Settings = { levels: options.levels, generation: 0 };
  const root = pino(
    {
      // Our own thresholds decide, since they may change; pino writes whatever it is given.
      level: 'trace',
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        for (const write of writers) write(line);
      },
    },
  );
  return {
    ...createNamedLog('', root, settings),
    fatal: (message, fields) => root.fatal(printable(fields, 'with stacks'), message),
    configure(next) {
      writers = next.outputs.map(writerOf);
      settings.levels = next.levels;
      settings.generation += 1;
    },
  };
}

function writerOf({ format, destination }: LogOutput): (line: string) => void {
  const shape = shapeOfLines(format);
  return (line) => void destination.write(shape(line));
}

function createNamedLog(name: string, root: Logger, settings: Settings): Log {
  const logger = root.child(name === '' ? {} : { logger: name });
  let generation = -1;
  let threshold = 0;

  function isEnabled(level: LogLevel): boolean {
    if (generation !== settings.generation) {
      generation = settings.generation;
      threshold = SEVERITY[thresholdOf(name, settings.levels)];
    }
    return SEVERITY[level] >= threshold;
  }

  function write(level: LogLevel, message: string, fields?: LogFields): void {
    if (!isEnabled(level)) return;
    if (fields === undefined) logger[level](message);
    else logger[level](printable(fields, isEnabled('debug') ? 'with stacks' : 'in words'), message);
  }

  return {
    child: (childName) => createNamedLog(name === '' ? childName : `${name}.${childName}`, root, settings),
    trace: (message, fields) => write('trace', message, fields),
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
    isEnabled,
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
