import { oneLine } from '../base/errors.js';
import type { Candidate } from './candidate.js';
import { wirePath } from './wire-path.js';

/** This program, as an application of the foundation that it reads. */
export interface OwnApplication {
  /** Of `VCAP_APPLICATION` (facts/cloud-foundry.md 6). */
  readonly guid: string;
  /** Path of our own metrics, with the prefix that stands in front of all our paths. */
  readonly metricsPath: string;
}

/**
 * Paths under which an application is asked. Ours has but one: any other that gives metrics would have us scrape our own
 * targets again, once for each replica at each hop (facts/promregator.md 7).
 */
export function pathsToAsk(
  candidate: Candidate,
  annotated: string | undefined,
  own: OwnApplication | undefined,
): readonly string[] {
  if (own !== undefined && candidate.app.guid === own.guid) return [own.metricsPath];
  return pathsSaid(candidate, annotated);
}

/** An application's own word counts above its rule's. */
function pathsSaid({ rule }: Candidate, annotated: string | undefined): readonly string[] {
  return annotated === undefined ? rule.paths : [annotated];
}

/** What to say of a rule that would lead into the recursion; undefined when it names our own metrics, or others. */
export function ownPathWarning(
  candidate: Candidate,
  annotated: string | undefined,
  own: OwnApplication | undefined,
): string | undefined {
  if (own === undefined || candidate.app.guid !== own.guid) return undefined;
  const asked = pathsSaid(candidate, annotated);
  if (asked.every((path) => wirePath('', path) === wirePath('', own.metricsPath))) return undefined;
  const others = asked.map((path) => oneLine(path)).join(', ');
  return `${candidate.rule.name} selects Promregator itself with the path ${others}: it is offered with ${own.metricsPath} only, since any other path may lead from replica to replica without an end. A rule of its own with path: ${own.metricsPath} above this one says the same without this line.`;
}
