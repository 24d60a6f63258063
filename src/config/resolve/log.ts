import type { LogConfig, LogLevel } from '../config.js';
import type { RawConfig } from '../schema/root.js';

type RawLevel = RawConfig['logging']['level'][string];

/** What the whole program is called among the original's loggers. */
const PROGRAM = 'org.cloudfoundry.promregator';

const LEVELS: Readonly<Record<RawLevel, LogLevel>> = {
  OFF: 'off',
  FALSE: 'off',
  FATAL: 'fatal',
  ERROR: 'error',
  WARN: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
  TRACE: 'trace',
};

export function resolveLog(raw: RawConfig, byDefault: LogConfig['format']): LogConfig {
  const loggers = new Map(Object.entries(raw.logging.level).map(([name, level]) => [name, LEVELS[level]]));
  const format = raw.log.format ?? byDefault;
  return { format, file: undefined, fileFormat: format, level: programLevel(loggers), loggers };
}

/** As loggers of Java inherit: from the nearest name above, at last from `root`. */
function programLevel(loggers: ReadonlyMap<string, LogLevel>): LogLevel {
  const steps = PROGRAM.split('.');
  for (let length = steps.length; length > 0; length -= 1) {
    const level = loggers.get(steps.slice(0, length).join('.'));
    if (level !== undefined) return level;
  }
  return loggers.get('root') ?? loggers.get('ROOT') ?? 'info';
}
