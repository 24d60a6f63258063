import type { Path } from '../path.js';
import { type Leaf, leavesOf, type MapNode, nodeAt } from '../tree.js';

/** Marks in `ready` what stands where placeholders read in `written`, the tree it was made from. */
export function markReferred(ready: MapNode, written: MapNode, read: ReadonlySet<Leaf>): MapNode {
  if (read.size === 0) return ready;
  for (const [path, leaf] of leavesOf(written)) if (read.has(leaf)) mark(ready, path);
  return ready;
}

function mark(root: MapNode, path: Path): void {
  const around = nodeAt(root, path.slice(0, -1));
  const node = nodeAt(root, path);
  const last = path.at(-1);
  if (node?.kind !== 'leaf') return;
  const marked = { ...node, referred: true } as const;
  if (around?.kind === 'map' && typeof last === 'string') around.entries.set(last, marked);
  if (around?.kind === 'list' && typeof last === 'number') around.items.set(last, marked);
}
