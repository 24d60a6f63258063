import { formatOrigin } from '../origin.js';
import { formatPath, type Path } from '../path.js';
import type { Findings, ProblemText } from '../report.js';
import { problem } from '../report.js';
import { type Shape, shapeBelow } from '../shape.js';
import { type MapNode, putNode, type TreeNode } from '../tree.js';

/** An option that was read and means nothing here, for one line at start. */
export interface IgnoredOption {
  readonly path: string;
  readonly reason: string;
}

export interface NamedValue {
  readonly path: Path;
  readonly node: TreeNode;
  /** Of what the path starts from. */
  readonly shape: Shape | undefined;
  /** Where the path starts; nothing for the root. */
  readonly around?: Path;
}

export const SECOND_VALUE = { expected: 'each option once', remedy: 'remove one of them' } as const;

/** Puts a value into a source's tree; a second value of one option in one source is a problem, at the second place. */
export function putOnce(root: MapNode, { path, node, shape, around = [] }: NamedValue, findings: Findings): void {
  const misnamed = findMisnamedItem(path, shape);
  if (misnamed !== undefined) {
    findings.problems.push(problem(node.keyOrigin, [...around, ...misnamed.list], misnamed.text));
    return;
  }
  for (const clash of putNode(root, path, node)) {
    findings.problems.push(
      problem(clash.second.keyOrigin, [...around, ...clash.path], {
        found: `a second value (the first is at ${formatOrigin(clash.first.keyOrigin)})`,
        ...SECOND_VALUE,
      }),
    );
  }
}

/** A name where an item's number belongs: `targets[a]`, `targets[-1]`, `targets.0`. */
function findMisnamedItem(
  path: Path,
  shape: Shape | undefined,
): { readonly list: Path; readonly text: ProblemText } | undefined {
  let here = shape;
  for (const [at, segment] of path.entries()) {
    // A map where a list belongs is told by whoever reads the values.
    if (at > 0 && here?.kind === 'list' && typeof segment === 'string') {
      const list = path.slice(0, at);
      const number = /^\d{1,4}$/.test(segment) ? segment : '0';
      return {
        list,
        text: {
          found: 'a name behind it that is no number of an item',
          expected: 'a number from 0 to 9999 in brackets',
          remedy: `write ${formatPath([...list, Number(number)])}`,
        },
      };
    }
    here = shapeBelow(here, segment);
  }
  return undefined;
}
