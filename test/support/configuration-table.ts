import { expect } from 'vitest';
import { checkConfig, type Situation } from './check-config.js';

/** A row of the tables of configurations: what is written, and exactly what it comes to. */
export interface Row extends Situation {
  /** `value @ source` of these options; undefined for one that must not be set. */
  readonly effective?: Readonly<Record<string, string | undefined>>;
  /** Whole sentences, all of them, or matchers of vitest; no others may be said. */
  readonly problems?: readonly unknown[];
  readonly warnings?: readonly unknown[];
  readonly ignored?: readonly string[];
}

/** Said of each configuration without rules and guards; rows are about other things. */
const USUAL_WARNING =
  /: (?:server\.address: found 0\.0\.0\.0, where everybody who reaches us may see all targets|promregator\.targets: found nothing, expected at least one rule)[,;] /;

/** Said where something is wrong and there is no file in the usual places. */
export const NO_FILE =
  'configuration: found no configuration file, expected application or promregator with .yaml, .yml, .properties in ./, ./config/; or name one by --config.file=F';

/** Every secret in the tables has one of these words in it, and no output may hold one of them. */
const SECRET_WORDS = /hunter2|mysecret/i;

const EXIT_CONFIG = 78;

/** Asks the compiled program about a row and compares all that it says. */
export async function checkRow(row: Row): Promise<void> {
  const checked = await checkConfig(row);
  const { problems = [], warnings = [], ignored = [], effective = {} } = row;
  const asked = Object.fromEntries(Object.keys(effective).map((path) => [path, checked.effective[path]]));
  expect({
    problems: checked.problems,
    warnings: checked.warnings.filter((each) => !USUAL_WARNING.test(each)),
    ignored: checked.ignored,
    effective: asked,
    code: checked.code,
  }).toEqual({ problems, warnings, ignored, effective, code: problems.length === 0 ? 0 : EXIT_CONFIG });
  expect(checked.output).not.toMatch(SECRET_WORDS);
}
