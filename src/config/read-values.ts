import { findForeignOption, flatten, isForeignGroup } from './foreign-options.js';
import { nearestName } from './nearest-name.js';
import { formatPath, type Path, relaxName } from './path.js';
import { readText } from './read-text.js';
import type { ProblemText, Reporter } from './report.js';
import { type LeafShape, type ListShape, type ObjectShape, optionsOf, type RecordShape, type Shape } from './shape.js';
import type { IgnoredOption } from './sources/source.js';
import { childrenOf, type Leaf, leavesOf, type MapNode, type TreeNode } from './tree.js';

/**
 * The merged tree as values of the types that the schema asks for. What does not fit is reported and left out, so that
 * everything else can still be checked.
 */
export function readValues(root: MapNode, shape: ObjectShape, reporter: Reporter): ReadValues {
  const reader: Reader = { reporter, ignored: [], names: optionsOf(shape).map(({ path }) => path), said: new Set() };
  return { values: readObject(shape, root, [], reader), ignored: reader.ignored };
}

export interface ReadValues {
  readonly values: unknown;
  readonly ignored: readonly IgnoredOption[];
}

interface Reader {
  readonly reporter: Reporter;
  readonly ignored: IgnoredOption[];
  /** All options, to find the place that a misplaced name belongs to. */
  readonly names: readonly Path[];
  /** Groups of options without counterpart are named once each. */
  readonly said: Set<string>;
}

function readNode(shape: Shape, node: TreeNode, path: Path, reader: Reader): unknown {
  switch (shape.kind) {
    case 'object':
      return readObject(shape, node, path, reader);
    case 'list':
      return readList(shape, node, path, reader);
    case 'record':
      return readRecord(shape, node, path, reader);
    case 'leaf':
      if (node.kind === 'leaf') return readLeaf(shape, node, (text) => reader.reporter.error(path, text));
      reader.reporter.error(path, notAText(node, path));
      return undefined;
  }
}

/** A value that is secret stays so in an option that is none. */
function readLeaf(shape: LeafShape, node: Leaf, report: (text: ProblemText) => void): unknown {
  if (node.faulty) return undefined;
  return readText(node.secret ? { ...shape, secret: true } : shape, node.text, report);
}

function notAText(node: TreeNode, path: Path): ProblemText {
  const found = node.kind === 'list' ? 'a list' : 'a map';
  if (node.kind !== 'list' || !formatPath(path).startsWith('promregator.targets[')) {
    return { found, expected: 'a single value' };
  }
  return { found, expected: 'a single value', remedy: 'write one rule for each, or a regular expression' };
}

function readObject(shape: ObjectShape, node: TreeNode, path: Path, reader: Reader): unknown {
  if (isEmpty(node)) return {};
  if (node.kind !== 'map') {
    const found = node.kind === 'list' ? 'a list' : 'a single value';
    reader.reporter.error(path, { found, expected: `a map of ${namesOf(shape)}` });
    return {};
  }
  const entries: [string, unknown][] = [];
  for (const [name, child] of node.entries) {
    const member = shape.members.get(name);
    if (member === undefined) reportUnknown(shape, name, child, path, reader);
    else entries.push([name, readNode(member, child, [...path, name], reader)]);
  }
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function namesOf(shape: ObjectShape): string {
  const names = [...shape.members.keys()];
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and others` : names.join(', ');
}

function isEmpty(node: TreeNode): boolean {
  return node.kind === 'leaf' && node.text === '';
}

/** Of what is faulty it has been said already. */
function isFaulty(node: TreeNode): boolean {
  return node.kind === 'leaf' && node.faulty === true;
}

function readList(shape: ListShape, node: TreeNode, path: Path, reader: Reader): unknown {
  if (isEmpty(node)) return undefined;
  if (node.kind === 'leaf' && shape.element.kind === 'leaf') return splitTexts(node.text);
  if (node.kind !== 'list') {
    const found = node.kind === 'map' ? 'a map' : 'a single value';
    const remedy = 'put "- " before each item';
    reader.reporter.error(path, { found, expected: 'a list', ...(node.kind === 'map' ? { remedy } : {}) });
    return undefined;
  }
  reportGap(node, path, reader);
  const items = childrenOf(node).map(([index, child]) => readItem(shape.element, child, [...path, index], reader));
  // Left out alone, an item that does not fit would shift the numbers by which later messages name the others.
  return items.includes(undefined) ? undefined : items;
}

function readItem(shape: Shape, node: TreeNode, path: Path, reader: Reader): unknown {
  if (!isEmpty(node) || isFaulty(node)) return readNode(shape, node, path, reader);
  const remedy = 'remove it, or write what was meant behind the dash';
  reader.reporter.error(path, { found: 'an empty list entry', expected: 'a value', remedy });
  return shape.kind === 'object' ? {} : undefined;
}

function splitTexts(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function reportGap(node: TreeNode, path: Path, reader: Reader): void {
  const children = childrenOf(node);
  const gap = children.findIndex(([index], at) => index !== at);
  const behind = children[gap];
  if (behind === undefined) return;
  const found = `item ${behind[0]} without an item ${gap}`;
  const remedy = `number the items ${formatPath(path)} from 0 on`;
  reader.reporter.errorAt(behind[1].origin, path, { found, expected: 'indices without a gap', remedy });
}

function readRecord(shape: RecordShape, node: TreeNode, path: Path, reader: Reader): unknown {
  if (isEmpty(node)) return {};
  if (node.kind !== 'map') {
    const found = node.kind === 'list' ? 'a list' : 'a single value';
    reader.reporter.error(path, { found, expected: 'a map' });
    return {};
  }
  const entries: [string, unknown][] = [];
  for (const [name, child] of node.entries) {
    for (const [below, leaf] of leavesOf(child)) {
      const report = (text: ProblemText): void => reader.reporter.error([...path, name, ...below], text);
      const value = readLeaf(shape.value, leaf, report);
      if (value !== undefined) entries.push([[name, ...below].join('.'), value]);
    }
  }
  return Object.fromEntries(entries);
}

function reportUnknown(shape: ObjectShape, name: string, node: TreeNode, path: Path, reader: Reader): void {
  if (isEmpty(node) && isForeignGroup(flatten([...path, name]))) return;
  const leaves = leavesOf(node, [...path, name]);
  const unknown = leaves.filter(([leafPath, leaf]) => !reportForeign(flatten(leafPath), leaf, reader));
  if (unknown.length === 0 && leaves.length > 0) return;
  const text = unknownText(shape, name, reader);
  const here = [...path, name];
  if (shape.strict) reader.reporter.errorAt(node.keyOrigin, here, text);
  else reader.reporter.warningAt(node.keyOrigin, here, { ...text, expected: `${text.expected}; it is passed over` });
}

function unknownText(shape: ObjectShape, name: string, reader: Reader): ProblemText {
  const expected = shape.strict ? `one of ${[...shape.members.keys()].join(', ')}` : 'an option';
  const near = SYNONYMS.get(relaxName(name)) ?? nearestName(name, shape.members.keys());
  const known = near !== undefined && shape.members.has(near) ? near : placeOf(name, reader.names);
  return { found: 'an unknown name', expected, ...(known === undefined ? {} : { remedy: `did you mean ${known}?` }) };
}

/** `appName` stands in the original's own documentation, which never read it. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['appname', 'applicationName'],
  ['appregex', 'applicationRegex'],
  ['organizationname', 'orgName'],
  ['organizationregex', 'orgRegex'],
]);

/** The one option whose last step is that name, wherever it belongs. */
function placeOf(name: string, names: readonly Path[]): string | undefined {
  const fitting = names.filter((path) => {
    const last = path.at(-1);
    return typeof last === 'string' && relaxName(last) === relaxName(name);
  });
  const [only, ...others] = fitting;
  return only === undefined || others.length > 0 ? undefined : formatPath(only);
}

/** True when the original knows such an option. */
function reportForeign(path: Path, node: TreeNode, reader: Reader): boolean {
  const option = findForeignOption(path);
  if (option === undefined) return false;
  if (option.fate !== 'ignored' && isSwitchedOff(node)) return true;
  if (option.fate === 'ignored') {
    reader.ignored.push({ path: formatPath(path), reason: option.reason });
    return true;
  }
  const group = `${option.pattern} ${path.find((segment) => typeof segment === 'number') ?? ''}`;
  if (reader.said.has(group)) return true;
  reader.said.add(group);
  const found = 'an option that has no counterpart here';
  const { reason } = option;
  if (option.fate === 'refused')
    reader.reporter.errorAt(node.keyOrigin, path, { found, expected: `none, since ${reason}` });
  else reader.reporter.warningAt(node.keyOrigin, path, { found, expected: 'none', remedy: `it is ignored: ${reason}` });
  return true;
}

/** What is not asked for is not missed. */
function isSwitchedOff(node: TreeNode): boolean {
  return node.kind === 'leaf' && /^(false|off|no|none|null|0|~)?$/i.test(node.text.trim());
}
