import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Origin } from '../origin.js';
import { formatPath, type Path, splitName } from '../path.js';
import { type Findings, type ProblemText, problem } from '../report.js';
import { resolvePath, type Shape } from '../shape.js';
import { leaf, listNode, type MapNode, mapNode, type TreeNode } from '../tree.js';
import { putOnce } from './source.js';
import { explainYamlError } from './yaml-errors.js';

/** Anchors make it easy to say gigabytes in a hundred bytes, or a circle. */
const MOST_NODES = 100_000;
const DEEPEST_NESTING = 64;

/** A text's values: one tree a document, in rising precedence. What is wrong with the text itself goes to `findings`. */
export function readYaml(source: Origin, text: string, shape: Shape, findings: Findings): readonly MapNode[] {
  const lines = new LineCounter();
  const documents = parse(source, text, lines, findings);
  const reader = new YamlReader(source, lines, findings);
  return documents.map((document) => reader.read(document, shape));
}

function parse(source: Origin, text: string, lines: LineCounter, findings: Findings): readonly Document.Parsed[] {
  const documents = parseOrExplain(source, text, lines, findings);
  for (const error of documents.flatMap((document) => document.errors)) {
    findings.problems.push(problem(placeOf(source, lines, error.pos[0]), [], explainYamlError(error)));
  }
  return documents.some((document) => document.errors.length > 0) ? [] : documents;
}

/** The parser works by recursion, so deep nesting overflows its stack. */
function parseOrExplain(
  source: Origin,
  text: string,
  lines: LineCounter,
  findings: Findings,
): readonly Document.Parsed[] {
  try {
    // Names are compared here, relaxed; the parser's own sentences quote the file, and with it secrets.
    const options = { lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const;
    return [...parseAllDocuments(text, options)];
  } catch (cause) {
    const found = cause instanceof RangeError ? 'nesting without end' : 'a text that the parser gave up on';
    findings.problems.push(problem(source, [], { found, expected: 'YAML' }));
    return [];
  }
}

function placeOf(source: Origin, lines: LineCounter, offset: number): Origin {
  const { line, col } = lines.linePos(offset);
  return { ...source, line, column: col };
}

class TooMuch extends Error {}

class YamlReader {
  readonly #source: Origin;
  readonly #lines: LineCounter;
  readonly #findings: Findings;
  #nodes = 0;

  constructor(source: Origin, lines: LineCounter, findings: Findings) {
    this.#source = source;
    this.#lines = lines;
    this.#findings = findings;
  }

  read(document: Document.Parsed, shape: Shape): MapNode {
    const origin = this.#place(document.contents?.range?.[0] ?? 0);
    try {
      const node = this.#convert(document, document.contents, { shape, path: [], origin });
      if (node.kind === 'map') return node;
      if (node.kind === 'list' || node.text !== '') this.#problem(origin, [], NO_MAP);
    } catch (error) {
      if (!(error instanceof TooMuch || error instanceof RangeError)) throw error;
      const found = error instanceof TooMuch ? error.message : 'nesting without end';
      this.#problem(origin, [], { found, expected: 'a configuration that a person wrote' });
    }
    return mapNode(origin);
  }

  #convert(document: Document.Parsed, node: Node | null, spot: Spot): TreeNode {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES) throw new TooMuch(`more than ${MOST_NODES} values, aliases counted`);
    if (spot.path.length > DEEPEST_NESTING) throw new TooMuch(`values nested deeper than ${DEEPEST_NESTING}`);
    if (isAlias(node))
      return this.#convert(document, node.resolve(document) ?? null, { ...spot, path: [...spot.path] });
    const origin = node?.range ? this.#place(node.range[0]) : spot.origin;
    if (isMap(node)) return this.#convertMap(document, node, { ...spot, origin }, spot.origin);
    if (isSeq(node)) return this.#convertList(document, node, { ...spot, origin }, spot.origin);
    return leaf(isScalar(node) ? scalarText(node) : '', origin, spot.origin);
  }

  #convertMap(document: Document.Parsed, map: YAMLMap, spot: Spot, keyOrigin: Origin): MapNode {
    const result = mapNode(spot.origin, keyOrigin);
    for (const { key, value } of this.#pairsOf(document, map, spot.path)) {
      const origin = key.range ? this.#place(key.range[0]) : spot.origin;
      const resolved = resolvePath(spot.shape, splitName(scalarText(key)));
      const path = [...spot.path, ...resolved.path];
      const child = this.#convert(document, value, { shape: resolved.shape, path, origin });
      putOnce(result, resolved.path, child, this.#findings, spot.path);
    }
    return result;
  }

  #convertList(document: Document.Parsed, list: YAMLSeq, spot: Spot, keyOrigin: Origin): TreeNode {
    const result = listNode(spot.origin, keyOrigin);
    const shape = spot.shape?.kind === 'list' ? spot.shape.element : undefined;
    for (const [index, item] of list.items.entries()) {
      const node = toNode(item);
      const origin = node?.range ? this.#place(node.range[0]) : spot.origin;
      const path = [...spot.path, index];
      result.items.set(index, this.#convert(document, node, { shape, path, origin }));
    }
    return result;
  }

  /** The pairs of a map, and behind them those that `<<` merges into it, which give way. */
  #pairsOf(document: Document.Parsed, map: YAMLMap, path: Path): readonly Entry[] {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const pair of map.items) {
      const entry = this.#entryOf(pair, path);
      if (entry === undefined) continue;
      if (isMergeKey(entry.key)) merged.push(...this.#mergedPairs(document, entry, path));
      else own.push(entry);
    }
    const taken = new Set(own.map(({ key }) => scalarText(key)));
    for (const entry of merged) {
      const name = scalarText(entry.key);
      if (!taken.has(name)) own.push(entry);
      taken.add(name);
    }
    return own;
  }

  #mergedPairs(document: Document.Parsed, entry: Entry, path: Path): readonly Entry[] {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES) throw new TooMuch(`more than ${MOST_NODES} values, aliases counted`);
    if (path.length > DEEPEST_NESTING) throw new TooMuch(`values nested deeper than ${DEEPEST_NESTING}`);
    const source = isAlias(entry.value) ? (entry.value.resolve(document) ?? null) : entry.value;
    // The depth counts merges too, so that a circle of them ends.
    const deeper = [...path, '<<'];
    if (isMap(source)) return this.#pairsOf(document, source, deeper);
    if (isSeq(source)) {
      return source.items.flatMap((item) =>
        this.#mergedPairs(document, { key: entry.key, value: toNode(item) }, deeper),
      );
    }
    const origin = this.#place(entry.key.range?.[0] ?? 0);
    this.#problem(origin, path, { found: 'a merge key (<<) without a map', expected: '<<: *anchor of a map' });
    return [];
  }

  #entryOf(pair: Pair, path: Path): Entry | undefined {
    const key = toNode(pair.key);
    if (isScalar(key)) return { key, value: toNode(pair.value) };
    const origin = this.#place(key?.range?.[0] ?? 0);
    this.#problem(origin, path, { found: 'a key that is no plain name', expected: 'name: value' });
    return undefined;
  }

  #place(offset: number): Origin {
    return placeOf(this.#source, this.#lines, offset);
  }

  #problem(origin: Origin, path: Path, text: ProblemText): void {
    this.#findings.problems.push(problem(origin, path, text));
  }
}

/** Where the reader is: what should stand there, under which path, and where its name was written. */
interface Spot {
  readonly shape: Shape | undefined;
  readonly path: Path;
  readonly origin: Origin;
}

interface Entry {
  readonly key: Scalar;
  readonly value: Node | null;
}

const NO_MAP: ProblemText = {
  found: 'no map at the top',
  expected: `options by name, such as ${formatPath(['promregator', 'targets'])}`,
};

/** The parser's items are declared `unknown`, and a value that is not there is null. */
function toNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

function isMergeKey(key: Scalar): boolean {
  return key.source === '<<' && key.type === 'PLAIN';
}

/**
 * The text as it stands in the file: a password `0123` is these four digits, not a number.
 * An unquoted `null` or `~` is no value, which is an empty text, as in Spring.
 */
function scalarText(scalar: Scalar): string {
  if (scalar.value === null) return '';
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value));
}
