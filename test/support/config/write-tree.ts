import type { Origin } from '../../../src/config/origin.js';
import { formatPath, type Path } from '../../../src/config/path.js';
import { leaf, listNode, type MapNode, mapNode, type TreeNode } from '../../../src/config/tree.js';

/** A merged tree as its sources would leave it; in place of lines, its values stand at `f.yml:path`. */
export function writeTree(values: object): MapNode {
  const map = mapNode(originOf([]));
  for (const [name, value] of Object.entries(values)) map.entries.set(name, write(value, [name]));
  return map;
}

function write(value: unknown, path: Path): TreeNode {
  const origin = originOf(path);
  if (Array.isArray(value)) {
    const list = listNode(origin);
    for (const [index, item] of value.entries()) list.items.set(index, write(item, [...path, index]));
    return list;
  }
  if (typeof value !== 'object' || value === null) return leaf(String(value), origin);
  const map = mapNode(origin);
  for (const [name, item] of Object.entries(value)) map.entries.set(name, write(item, [...path, name]));
  return map;
}

function originOf(path: Path): Origin {
  return { kind: 'file', file: `f.yml:${formatPath(path)}` };
}
