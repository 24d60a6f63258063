import { findForeignOption, flatten, isForeignGroup } from './foreign-options.js';
import { formatPath, type Path, relaxName } from './path.js';
import { readText } from './read-text.js';
import { type ProblemText, quote, type Reporter } from './report.js';
import { type LeafShape, type ListShape, type ObjectShape, optionsOf, type RecordShape, type Shape } from './shape.js';
import type { IgnoredOption } from './sources/source.js';

import { childrenOf, type Leaf, leavesOf, type MapNode, type TreeNode } from './tree.js';
import { likelyMember } from './unknown-name.js';

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
      if (node.kind === 'leaf') return readLeaf(shape, node, path, reader);
      reader.reporter.error(path, notAText(node, path));
      return undefined;
  }
}

/** A value that is secret stays so in an option that is none. */
function readLeaf(shape: LeafShape, node: Leaf, path: Path, { reporter }: Reader): unknown {
  if (node.faulty) return undefined;
  if (shape.type.kind === 'number' && node.origin.kind === 'file') warnOfZeros(node, path, reporter);
  const report = (text: ProblemText): void => reporter.error(path, text);
  return readText(node.secret ? { ...shape, secret: true } : shape, node.text, report);
}

/** YAML 1.1, which the original reads, takes such digits for octal ones. */
function warnOfZeros({ text }: Leaf, path: Path, reporter: Reporter): void {
  const digits = /^[-+]?0+([0-7_]+)$/.exec(text.trim())?.[1]?.replaceAll('_', '');
  if (digits === undefined || Number(digits) < 8) return;
  const decimal = Number(digits);
  reporter.warning(path, {
    found: `${quote(text)}, which is read as ${decimal}`,
    expected: 'a number without zeros before it',
    remedy: `the original reads it as octal, which is ${Number.parseInt(digits, 8)}`,
  });
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
  const remedy = `number the items of ${formatPath(path)} from 0 on`;
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
      const value = readLeaf(shape.value, leaf, [...path, name, ...below], reader);
      if (value !== undefined) entries.push([[name, ...below].join('.'), value]);
    }
  }
  return Object.fromEntries(entries);
}

function reportUnknown(shape: ObjectShape, name: string, node: TreeNode, path: Path, reader: Reader): void {
  if (!shape.strict && isOfUser(name, node, path)) return;
  if (isEmpty(node) && isForeignGroup(flatten([...path, name]))) return;
  const leaves = leavesOf(node, [...path, name]);
  const unknown = leaves.filter(([leafPath, leaf]) => !reportForeign(flatten(leafPath), leaf, reader));
  if (unknown.length === 0 && leaves.length > 0) return;
  const text = unknownText(shape, name, reader);
  if (path.length === 0 && text.remedy === undefined && isBareLine(node)) {
    const found = 'a name without a value, which is no option (not shown, since it may be a piece of a secret)';
    reader.reporter.warningAt(node.keyOrigin, [], { found, expected: 'name=value; it is passed over' });
    return;
  }
  const here = [...path, name];
  if (shape.strict) reader.reporter.errorAt(node.keyOrigin, here, text);
  else reader.reporter.warningAt(node.keyOrigin, here, { ...text, expected: `${text.expected}; it is passed over` });
}

/** In properties a key or certificate that goes on without a backslash makes a name of each line, `=` at its end or not. */
function isBareLine(node: TreeNode): boolean {
  return node.kind === 'leaf' && node.keyOrigin.kind === 'file' && /^=*$/.test(node.text);
}

/** What placeholders read, and at the top, where Compose and others have the same habit, what YAML's anchors stand at. */
function isOfUser(name: string, node: TreeNode, path: Path): boolean {
  if (leavesOf(node).some(([, { referred }]) => referred)) return true;
  return path.length === 0 && name.startsWith('x-') && node.keyOrigin.kind === 'file';
}

function unknownText(shape: ObjectShape, name: string, reader: Reader): ProblemText {
  const expected = shape.strict ? `one of ${[...shape.members.keys()].join(', ')}` : 'an option';
  const known = likelyMember(shape, name) ?? placeOf(name, reader.names);
  return { found: 'an unknown name', expected, ...(known === undefined ? {} : { remedy: `did you mean ${known}?` }) };
}

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
  const off = option.fate !== 'ignored' && isSwitchedOff(node);
  if (off && isEmpty(node)) return true;
  if (off || option.fate === 'ignored') {
    reader.ignored.push({
      path: formatPath(path),
      reason: off ? 'it is switched off, and there is no such thing here' : option.reason,
    });
    return true;
  }
  const group = `${option.pattern} ${path.find((segment) => typeof segment === 'number') ?? ''}`;
  if (reader.said.has(group)) return true;
  reader.said.add(group);
  const text = { found: `not supported: ${option.reason}`, expected: '' };
  if (option.fate === 'refused') reader.reporter.errorAt(node.keyOrigin, path, text);
  else reader.reporter.warningAt(node.keyOrigin, path, text);
  return true;
}

/** What is not asked for is not missed. */
function isSwitchedOff(node: TreeNode): boolean {
  return node.kind === 'leaf' && /^(false|off|no|none|null|0|~)?$/i.test(node.text.trim());
}
