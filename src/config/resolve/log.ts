import type { LogConfig, LogLevel, Platform } from '../config.js';
import type { Reporter } from '../report.js';
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

/** Without a word on its form, the log is JSON on Cloud Foundry, where programs read it. */
export function resolveLog({ log, logging }: RawConfig, platform: Platform, reporter: Reporter): LogConfig {
  const { console: structured, file: ofFile } = logging.structured.format;
  if (structured !== undefined && log.format !== undefined && structured !== log.format) {
    reporter.error(['logging', 'structured', 'format', 'console'], {
      found: `"${structured}" beside log.format, which says ${log.format}`,
      expected: 'one of the two',
    });
  }
  const loggers = new Map(Object.entries(logging.level).map(([name, level]) => [name, LEVELS[level]]));
  const format = structured ?? log.format ?? (platform.cloudFoundry ? 'json' : 'text');
  return { format, file: logging.file.name, fileFormat: ofFile ?? format, level: programLevel(loggers), loggers };
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
