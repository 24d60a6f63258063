import { MASK, maskAddress, maskText } from './mask.js';
import type { Origin } from './origin.js';
import { formatPath, type Path } from './path.js';
import { readText } from './read-text.js';
import { isSecret, type LeafShape, type ListShape, type ObjectShape, type Shape } from './shape.js';
import { childrenOf, type Leaf, leavesOf, type TreeNode } from './tree.js';

/** An option with the value that is in force, as it may be shown. */
export interface EffectiveValue {
  /** `promregator.targets[0].orgName` */
  readonly path: string;
  /** `<secret>` for what nobody may see; undefined for what is not set and has no default, or cannot be read. */
  readonly value: string | undefined;
  readonly origin: Origin | 'default';
  /** Where the placeholder or the name of a file stands that led to the value. */
  readonly through: Origin | undefined;
}

/** All options in the order of the schema, items and free names as they were written. */
export function listEffectiveValues(shape: ObjectShape, root: TreeNode): readonly EffectiveValue[] {
  return listNode(shape, root, []);
}

function listNode(shape: Shape, node: TreeNode | undefined, path: Path): readonly EffectiveValue[] {
  switch (shape.kind) {
    case 'object':
      return [...shape.members].flatMap(([name, member]) => {
        return listNode(member, node?.kind === 'map' ? node.entries.get(name) : undefined, [...path, name]);
      });
    case 'list':
      return listItems(shape, node, path);
    case 'record':
      return (node === undefined ? [] : leavesOf(node)).map(([below, leaf]) => {
        return writtenValue(shape.value, leaf, [...path, below.join('.')]);
      });
    case 'leaf':
      return [
        node?.kind === 'leaf' && isSet(shape, node) ? writtenValue(shape, node, path) : defaultValue(shape, path),
      ];
  }
}

function listItems(shape: ListShape, node: TreeNode | undefined, path: Path): readonly EffectiveValue[] {
  if (node?.kind === 'list' && node.items.size > 0) {
    return childrenOf(node).flatMap(([index, item]) => listNode(shape.element, item, [...path, index]));
  }
  // Several texts may be one, with commas.
  if (node?.kind === 'leaf' && node.text !== '' && shape.element.kind === 'leaf') {
    return [entry(path, isSecret(shape) || node.secret ? MASK : maskText(node.text), node)];
  }
  return [{ path: formatPath(path), value: undefined, origin: 'default', through: undefined }];
}

/** Some options give a meaning to being empty; for all others it is not being set. */
function isSet(shape: LeafShape, { text, faulty }: Leaf): boolean {
  return text !== '' || (!faulty && shape.type.kind === 'text' && shape.schema.safeParse('').success);
}

function writtenValue(shape: LeafShape, leaf: Leaf, path: Path): EffectiveValue {
  if (leaf.faulty) return entry(path, undefined, leaf);
  if (leaf.secret || (shape.secret && !(shape.orFile && isFileName(leaf.text)))) return entry(path, MASK, leaf);
  const value = shape.secret ? leaf.text : String(readText(shape, leaf.text, () => undefined) ?? leaf.text);
  return entry(path, shape.address ? maskAddress(value) : maskText(value), leaf);
}

/** A key is many lines, and its bare text without them ends in no such suffix. */
function isFileName(text: string): boolean {
  return /^[^\s]{1,200}$/.test(text) && (/^(?:file:|\.{0,2}\/)/.test(text) || /\.[a-z0-9]{1,5}$/i.test(text));
}

function entry(path: Path, value: string | undefined, { origin, through }: Leaf): EffectiveValue {
  return { path: formatPath(path), value, origin, through };
}

function defaultValue(shape: LeafShape, path: Path): EffectiveValue {
  const outcome = shape.schema.safeParse(undefined);
  const value = outcome.success && outcome.data !== undefined ? String(outcome.data) : undefined;
  return { path: formatPath(path), value, origin: 'default', through: undefined };
}
