import type { Origin } from '../origin.js';
import { formatPath, splitName } from '../path.js';
import { type Findings, problem } from '../report.js';
import { resolvePath, type Shape } from '../shape.js';
import { leaf, type MapNode, mapNode } from '../tree.js';
import { type PropertyEntry, parseProperties } from './properties-text.js';
import { putOnce } from './source.js';

/** The values of a `.properties` text: one tree a document, in rising precedence. */
export function readProperties(source: Origin, text: string, shape: Shape, findings: Findings): readonly MapNode[] {
  const { documents, badEscapes } = parseProperties(text);
  for (const place of badEscapes) {
    const found = 'a \\u without four hexadecimal digits behind it';
    const remedy = 'write a backslash that means itself twice';
    findings.problems.push(
      problem({ ...source, ...place }, [], { found, expected: 'an escape such as \\u00e4', remedy }),
    );
  }
  return documents.map((entries) => toTree(source, entries, shape, findings));
}

/** As in Java, the last of several lines of one name counts; since that hides a value, it is said. */
function toTree(source: Origin, entries: readonly PropertyEntry[], shape: Shape, findings: Findings): MapNode {
  const last = new Map<string, PropertyEntry>();
  for (const entry of entries) {
    const path = resolvePath(shape, splitName(entry.name)).path;
    const earlier = last.get(formatPath(path));
    if (earlier !== undefined) {
      findings.warnings.push(
        problem({ ...source, ...entry.namePlace }, path, {
          found: `a second value (the first is in line ${earlier.namePlace.line})`,
          expected: 'each option once',
          remedy: 'this one is used',
        }),
      );
    }
    last.set(formatPath(path), entry);
  }
  const root = mapNode({ ...source, line: 1, column: 1 });
  for (const { name, value, namePlace, valuePlace } of last.values()) {
    const node = leaf(value, { ...source, ...valuePlace }, { ...source, ...namePlace });
    putOnce(root, { path: resolvePath(shape, splitName(name)).path, node, shape }, findings);
  }
  return root;
}
