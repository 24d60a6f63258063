import { formatOrigin } from '../../../src/config/origin.js';
import { formatPath } from '../../../src/config/path.js';
import { type Findings, formatProblem } from '../../../src/config/report.js';
import { rootSchema } from '../../../src/config/schema/root.js';
import { shapeOf } from '../../../src/config/shape.js';
import { withoutBootOptions } from '../../../src/config/sources/boot-options.js';
import { createFileAccess, type WatchedFiles } from '../../../src/config/sources/file-access.js';
import { readSources } from '../../../src/config/sources/read-sources.js';
import { leavesOf } from '../../../src/config/tree.js';
import type { Written } from './load-written.js';
import { writtenFiles } from './written-files.js';

export interface WrittenSources {
  /** What the merged tree holds, by flat name. */
  readonly values: Readonly<Record<string, string>>;
  /** The same with `text @ place`. */
  readonly places: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly ignored: readonly string[];
  readonly names: readonly string[];
  readonly watched: WatchedFiles;
}

/** What all sources say together, before placeholders and types count. */
export async function readWrittenSources({ yaml, env = {}, args = [], files = {} }: Written): Promise<WrittenSources> {
  const all = new Map(Object.entries(files));
  if (yaml !== undefined) all.set('/work/promregator.yml', yaml);
  const access = createFileAccess(writtenFiles(all));
  const findings: Findings = { problems: [], warnings: [] };
  const shape = shapeOf(rootSchema);
  if (shape.kind !== 'object') throw new TypeError('the schema is an object');
  const { root, ignored, names } = await readSources({ args, env, files: access, shape }, findings);
  const leaves = leavesOf(withoutBootOptions(root)).map(([path, leaf]) => [formatPath(path), leaf] as const);
  return {
    values: Object.fromEntries(leaves.map(([name, { text }]) => [name, text])),
    places: Object.fromEntries(leaves.map(([name, { origin }]) => [name, formatOrigin(origin)])),
    problems: findings.problems.map(formatProblem),
    warnings: findings.warnings.map(formatProblem),
    ignored: ignored.map(({ path }) => path),
    names,
    watched: access.watched(),
  };
}
