import { errorCode } from '../../base/errors.js';
import type { Origin } from '../origin.js';
import { splitName } from '../path.js';
import { type Findings, problem } from '../report.js';
import { resolvePath, type Shape } from '../shape.js';
import { leaf, type MapNode, mapNode } from '../tree.js';
import type { FileAccess } from './file-access.js';
import { describeFileError } from './file-errors.js';
import { putOnce } from './source.js';

/** No mount of secrets is nearly as large; a link that leads up must not be walked for ever. */
const MOST_FILES = 1000;
const DEEPEST = 16;

/**
 * A folder as Docker and Kubernetes mount secrets: each file is an option, named by its path with dots for slashes.
 * Names that begin with two dots are Kubernetes's own (`..data`). Its files count as material, since that is what they
 * mostly hold. Rejects when the folder cannot be listed.
 */
export async function readConfigTree(
  folder: string,
  files: FileAccess,
  shape: Shape,
  findings: Findings,
): Promise<MapNode> {
  const root = mapNode({ kind: 'file', file: folder });
  const names = await listFiles(folder, '', files);
  if (names.length > MOST_FILES) {
    const found = `more than ${MOST_FILES} files`;
    findings.problems.push(problem({ kind: 'file', file: folder }, [], { found, expected: 'a file for each option' }));
    return root;
  }
  for (const name of names) {
    const origin: Origin = { kind: 'file', file: `${folder}${name}` };
    const written = name.split('/').join('.');
    try {
      const text = withoutLineEnd(await files.readMaterial(`${folder}${name}`));
      const { path } = resolvePath(shape, splitName(written));
      putOnce(root, { path, node: leaf(text, origin), shape }, findings);
    } catch (error) {
      // One that is gone again was being replaced.
      if (errorCode(error) === 'ENOENT') continue;
      findings.problems.push(problem(origin, [], { found: describeFileError(error), expected: 'a readable file' }));
    }
  }
  return root;
}

async function listFiles(folder: string, below: string, files: FileAccess, depth = 0): Promise<readonly string[]> {
  const entries = (await files.listMaterial(`${folder}${below}`)).filter(({ name }) => !name.startsWith('..'));
  const names: string[] = [];
  for (const { name, kind } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (names.length > MOST_FILES) break;
    if (kind === 'file') names.push(`${below}${name}`);
    else if (depth < DEEPEST) names.push(...(await listFiles(folder, `${below}${name}/`, files, depth + 1)));
  }
  return names;
}

/** Editors end a file in a line end that no one means; a text of several lines keeps its own, as in Spring. */
function withoutLineEnd(text: string): string {
  return text.indexOf('\n') === text.length - 1 ? text.replace(/\r?\n$/, '') : text;
}
