import type { Milliseconds } from '../base/duration.js';
import type { Directory } from '../discovery/directory.js';
import type { Log } from '../telemetry/log.js';

export interface Announcement {
  readonly next: Directory;
  readonly before: Directory | undefined;
  /** Foundations that have not been read yet. */
  readonly missing: ReadonlySet<string>;
  readonly selectedInMs: Milliseconds;
}

/** At once. */
const MOST_WARNINGS = 30;

/** Tells the log of a new directory: what the operator should know, once. */
export function announceDirectory({ next, before, missing, selectedInMs }: Announcement, log: Log): void {
  const facts = {
    instances: next.targets.length,
    leftOut: next.leftOut.length,
    ...(next.leftOut.length > 0 ? { why: '/debug/discovery' } : {}),
    selectedInMs: Math.round(selectedInMs),
  };
  if (before === undefined && missing.size > 0) log.info('the first targets are known', facts);
  else if (before === undefined) log.info('the first directory of targets is complete', facts);
  else log.debug('the directory of targets was made anew', facts);
  // A logger of its own: there are those who do not want to hear of it (logging.level of EmptyTarget in the original).
  const emptyRules = log.child('empty-rule');
  tellNewWarnings(next, before, log);
  for (const { rule, foundation, applications, instances } of next.rules) {
    // What belongs to a foundation that has not been read yet cannot be told to match nothing.
    const isKnownIn = (each: Directory): boolean => foundation === undefined || each.foundations.includes(foundation);
    if (!isKnownIn(next)) continue;
    const last = before !== undefined && isKnownIn(before) ? before : undefined;
    const instancesBefore = last?.rules.find((each) => each.rule === rule)?.instances ?? 1;
    if (instances > 0 || instancesBefore === 0) continue;
    if (applications === 0) emptyRules.warn('a rule matches no application', { rule });
    else emptyRules.warn('a rule gives no target', { rule, applications, why: '/debug/discovery' });
  }
}

/** Tenants cause most of them, so they do not decide how many lines a log gets. */
function tellNewWarnings(next: Directory, before: Directory | undefined, log: Log): void {
  const known = new Set(before?.warnings);
  const fresh = next.warnings.filter((warning) => !known.has(warning));
  for (const warning of fresh.slice(0, MOST_WARNINGS)) log.warn(warning);
  const rest = fresh.length - MOST_WARNINGS;
  if (rest > 0) log.warn('there are more warnings of this kind', { more: rest, where: '/debug/discovery' });
}
