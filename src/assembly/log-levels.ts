import type { LogConfig, LogLevel } from '../config/config.js';
import type { LogLevels, LogThreshold } from '../telemetry/log.js';

/** Our own loggers; each holds for all below it. */
export const LOGGERS = ['config', 'credentials', 'discovery', 'foundation', 'scraping', 'server'] as const;

const PROGRAM = 'org.cloudfoundry.promregator';

/**
 * Loggers of the original that people set (facts/promregator.md 4), by the part of ours that does the same work; the
 * empty name is the whole program.
 */
const LOGGERS_OF_THE_ORIGINAL: ReadonlyMap<string, string> = new Map([
  ['root', ''],
  ['org', ''],
  ['org.cloudfoundry', ''],
  [PROGRAM, ''],
  ['cloudfoundry-client', 'foundation.api'],
  [`${PROGRAM}.scanner.ReactiveTargetResolver.EmptyTarget`, 'discovery.empty-rule'],
  [`${PROGRAM}.scanner`, 'discovery'],
  [`${PROGRAM}.discovery`, 'discovery'],
  [`${PROGRAM}.cfaccessor`, 'foundation'],
  [`${PROGRAM}.auth`, 'credentials'],
  [`${PROGRAM}.fetcher`, 'scraping'],
  [`${PROGRAM}.endpoint`, 'server'],
  [`${PROGRAM}.config`, 'config'],
]);

export interface ReadLevels {
  readonly levels: LogLevels;
  /** Loggers that were set and that nothing here answers to. */
  readonly unknown: readonly string[];
}

/** The levels that were asked for, in the names of our loggers; a logger below one that we know counts as that one. */
export function logLevelsOf({ level, loggers }: Pick<LogConfig, 'level' | 'loggers'>): ReadLevels {
  const ours = new Map<string, LogThreshold>();
  const unknown: string[] = [];
  // Shorter names first, so that what was said of a part beats what was said of the whole.
  for (const [name, asked] of [...loggers].toSorted(([a], [b]) => a.length - b.length)) {
    const mine = ownName(name);
    if (mine === undefined) unknown.push(name);
    else if (mine !== '') ours.set(mine, thresholdOf(asked));
  }
  return { levels: { root: thresholdOf(level), loggers: ours }, unknown };
}

function ownName(written: string): string | undefined {
  const name = written.toLowerCase();
  if (LOGGERS.some((logger) => name === logger || name.startsWith(`${logger}.`))) return name;
  const known = [...LOGGERS_OF_THE_ORIGINAL].map(([theirs, ours]) => [theirs.toLowerCase(), ours] as const);
  const exact = known.find(([theirs]) => theirs === name);
  if (exact !== undefined) return exact[1];
  const around = known
    .filter(([theirs, ours]) => ours !== '' && name.startsWith(`${theirs}.`))
    .toSorted(([a], [b]) => b.length - a.length);
  return around[0]?.[1];
}

function thresholdOf(level: LogLevel): LogThreshold {
  return level === 'fatal' ? 'error' : level;
}
