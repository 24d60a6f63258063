import { formatOrigin } from '../origin.js';
import type { Path } from '../path.js';
import type { Findings } from '../report.js';
import { problem } from '../report.js';
import { type MapNode, putNode, type TreeNode } from '../tree.js';

/** An option that was read and means nothing here, for one line at start. */
export interface IgnoredOption {
  readonly path: string;
  readonly reason: string;
}

/** Puts a value into a source's tree; a second value of one option in one source is a problem, at the second place. */
export function putOnce(root: MapNode, path: Path, node: TreeNode, findings: Findings, around: Path = []): void {
  for (const clash of putNode(root, path, node)) {
    findings.problems.push(
      problem(clash.second.keyOrigin, [...around, ...clash.path], {
        found: `a second value (the first is at ${formatOrigin(clash.first.keyOrigin)})`,
        expected: 'each option once',
        remedy: 'remove one of them',
      }),
    );
  }
}
