import { formatOrigin, isSameSource } from '../origin.js';
import { formatPath, type Path } from '../path.js';
import { type Findings, problem } from '../report.js';
import { type ObjectShape, type Shape, shapeBelow } from '../shape.js';
import { type Leaf, type ListNode, leavesOf, listNode, type MapNode, type TreeNode } from '../tree.js';
import { readSecretFile, type SecretFiles } from './secret-file.js';

export interface SecretFilesOptions extends SecretFiles {
  /** What is put in place of a file's content, which may be encrypted. */
  readonly replace: (secret: Leaf, path: Path, shape: Shape) => Leaf;
}

/**
 * The tree with each twin (`passwordFile`) replaced by its option (`password`), whose value is the file's content; where
 * the option is a list, one item a line. Of both of them the one of the higher source counts; in one source that is an error.
 */
export async function readSecretFiles(
  root: MapNode,
  shape: ObjectShape,
  options: SecretFilesOptions,
  findings: Findings,
): Promise<MapNode> {
  return readMap(root, shape, { path: [], options, findings });
}

interface Spot {
  readonly path: Path;
  readonly options: SecretFilesOptions;
  readonly findings: Findings;
}

async function readNode(node: TreeNode, shape: Shape | undefined, spot: Spot): Promise<TreeNode> {
  if (node.kind === 'leaf' || shape === undefined) return node;
  if (node.kind === 'map') return readMap(node, shape, spot);
  const list: ListNode = { ...node, items: new Map() };
  for (const [index, item] of node.items) {
    list.items.set(index, await readNode(item, shapeBelow(shape, index), { ...spot, path: [...spot.path, index] }));
  }
  return list;
}

async function readMap(node: MapNode, shape: Shape, spot: Spot): Promise<MapNode> {
  const map: MapNode = { ...node, entries: new Map() };
  const twins = shape.kind === 'object' ? shape.twins : new Map<string, string>();
  for (const [name, child] of node.entries) {
    if (!twins.has(name)) {
      map.entries.set(name, await readNode(child, shapeBelow(shape, name), { ...spot, path: [...spot.path, name] }));
    }
  }
  for (const [twin, name] of twins) {
    const named = node.entries.get(twin);
    const value = named && (await readTwin(named, { twin, name, around: node, shape }, spot));
    if (value !== undefined) map.entries.set(name, value);
  }
  return map;
}

interface Twin {
  readonly twin: string;
  readonly name: string;
  /** What both stand in. */
  readonly around: MapNode;
  /** Of the map that both stand in. */
  readonly shape: Shape;
}

/** Undefined when there is nothing to put in place of what stands under the option's own name. */
async function readTwin(named: TreeNode, at: Twin, spot: Spot): Promise<TreeNode | undefined> {
  const { path, options, findings } = spot;
  const twinPath = [...path, at.twin];
  if (named.kind !== 'leaf') {
    const found = named.kind === 'list' ? 'a list' : 'a map';
    findings.problems.push(problem(named.origin, twinPath, { found, expected: 'the name of one file' }));
    return undefined;
  }
  if (named.faulty || named.text === '') return undefined;
  const beside = at.around.entries.get(at.name);
  const other = beside && leavesOf(beside).find(([, each]) => each.text !== '' || each.faulty)?.[1];
  if (other !== undefined && !isSameSource(other.keyOrigin, named.keyOrigin)) {
    // Entries stand in rising precedence.
    const names = [...at.around.entries.keys()];
    if (names.indexOf(at.name) > names.indexOf(at.twin)) return undefined;
  } else if (other !== undefined) {
    const found = `a file beside ${formatPath([...path, at.name])} (set at ${formatOrigin(other.through ?? other.origin)})`;
    const text = { found, expected: 'one of the two', remedy: 'remove one, or its variable from the environment' };
    findings.problems.push(problem(named.through ?? named.origin, twinPath, text));
    return undefined;
  }
  const optionPath = [...path, at.name];
  const content = await readSecretFile(named, twinPath, options, findings);
  if (content === undefined) return { ...named, text: '', faulty: true };
  const shape = shapeBelow(at.shape, at.name);
  if (shape?.kind !== 'list') return shape === undefined ? content : options.replace(content, optionPath, shape);
  return linesOf(content, (line, index) => options.replace(line, [...optionPath, index], shape.element));
}

function linesOf(content: Leaf, replace: (line: Leaf, index: number) => Leaf): TreeNode {
  const list = listNode(content.origin, content.keyOrigin);
  const lines = content.text.split(/\r?\n/).map((line) => line.trim());
  for (const [index, text] of lines.filter((line) => line !== '').entries()) {
    list.items.set(index, replace({ ...content, text }, index));
  }
  return list;
}
