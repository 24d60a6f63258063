/** A step from an option to the one inside of it: a name, or the number of a list's item, counted from 0. */
export type Segment = string | number;
export type Path = readonly Segment[];

/** Lists that people write are far shorter; a number beyond it is a mistake, and must not cost memory. */
const LARGEST_INDEX = 9999;

/** `promregator.targets[0].orgName` */
export function formatPath(path: Path): string {
  return path.map((segment, at) => formatSegment(segment, at)).join('');
}

function formatSegment(segment: Segment, at: number): string {
  if (typeof segment === 'number') return `[${segment}]`;
  return at === 0 ? segment : `.${segment}`;
}

/**
 * The steps that a flat name stands for: `promregator.targets[0].orgName`, `logging.level[org.example]`.
 *
 * A text that is no such name is one step as a whole, so that the report shows it as it was written.
 */
export function splitName(name: string): Path {
  if (!FLAT_NAME.test(name)) return [name];
  const steps = [...name.matchAll(STEP)];
  return steps.length > MOST_STEPS ? [name] : steps.map(([, inBrackets, plain]) => toSegment(inBrackets, plain ?? ''));
}

/** No option lies nearly as deep, and paths are walked by recursion. */
const MOST_STEPS = 32;

const FLAT_NAME = /^[^.[\]]+(?:\.[^.[\]]+|\.?\[[^[\]]+\])*$/;
const STEP = /\[([^[\]]+)\]|([^.[\]]+)/g;

function toSegment(inBrackets: string | undefined, plain: string): Segment {
  if (inBrackets === undefined) return plain;
  return /^\d{1,4}$/.test(inBrackets) && Number(inBrackets) <= LARGEST_INDEX ? Number(inBrackets) : inBrackets;
}

/** What `orgName`, `org-name`, `org_name` and `ORG_NAME` have in common (Spring's relaxed names). */
export function relaxName(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}
