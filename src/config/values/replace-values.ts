import type { Path } from '../path.js';
import { type Findings, problem } from '../report.js';
import { isSecret, type Shape, shapeBelow } from '../shape.js';
import type { Leaf, ListNode, MapNode, TreeNode } from '../tree.js';
import { describeFault, type TextResolver } from './resolve-text.js';

/**
 * The tree with all placeholders and ciphers replaced. What cannot be is a problem at its place, and a faulty leaf.
 *
 * What is no option of ours is replaced where that can be done, and else stays as it stands: it may be meant for Java.
 */
export function replaceValues(root: MapNode, shape: Shape, resolver: TextResolver, findings: Findings): MapNode {
  const replace = (node: TreeNode, at: Shape | undefined, path: Path): TreeNode => {
    switch (node.kind) {
      case 'leaf':
        return replaceLeaf(node, { shape: at, path, resolver, findings });
      case 'list': {
        const list: ListNode = { ...node, items: new Map() };
        for (const [index, item] of node.items)
          list.items.set(index, replace(item, shapeBelow(at, index), [...path, index]));
        return list;
      }
      case 'map':
        return replaceMap(node, (child, name) => replace(child, shapeBelow(at, name), [...path, name]));
    }
  };
  return replaceMap(root, (child, name) => replace(child, shapeBelow(shape, name), [name]));
}

function replaceMap(node: MapNode, replace: (child: TreeNode, name: string) => TreeNode): MapNode {
  const map: MapNode = { ...node, entries: new Map() };
  for (const [name, child] of node.entries) map.entries.set(name, replace(child, name));
  return map;
}

export interface Place {
  readonly shape: Shape | undefined;
  readonly path: Path;
  readonly resolver: TextResolver;
  readonly findings: Findings;
}

/** The same for one value. What is secret already came out of a file: it may be a cipher, and holds no placeholders. */
export function replaceLeaf(leaf: Leaf, { shape, path, resolver, findings }: Place): Leaf {
  if (leaf.faulty) return leaf;
  const { secret: fromFile = false } = leaf;
  const resolved = resolver.resolve({ text: leaf.text, origin: leaf.origin, secret: fromFile, verbatim: fromFile });
  if (!resolved.ok) {
    if (shape === undefined) return leaf;
    const text = describeFault(resolved, isSecret(shape) ? 'secret' : 'open');
    if (resolved.kind === 'missing' || !resolved.told) findings.problems.push(problem(resolved.origin, path, text));
    return { ...leaf, text: '', faulty: true };
  }
  const { text, origin, secret } = resolved;
  const through = origin === leaf.origin ? {} : { through: leaf.origin };
  return { ...leaf, text, origin, ...(secret ? { secret } : {}), ...through };
}
