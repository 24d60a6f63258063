import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { formatOrigin, type Origin } from '../origin.js';
import { formatPath, type Path, splitName } from '../path.js';
import { type Findings, type ProblemText, problem } from '../report.js';
import { resolvePath, type Shape } from '../shape.js';
import { leaf, listNode, type MapNode, mapNode, type TreeNode } from '../tree.js';
import { putOnce, SECOND_VALUE } from './source.js';
import { type AliasTargets, aliasTargets, NO_ANCHOR } from './yaml-aliases.js';
import { DEEPEST_NESTING, parseYaml, type YamlText } from './yaml-documents.js';

/** Anchors make it easy to say gigabytes in a hundred bytes. */
const MOST_NODES = 100_000;

export interface YamlSource {
  readonly origin: Origin;
  readonly text: string;
  readonly shape: Shape;
  /** What `null` says: an empty text, as in Spring's files, or nothing at all, as in its JSON. */
  readonly nulls: 'empty' | 'absent';
}

/** A text's values: one tree a document, in rising precedence. What is wrong with the text itself goes to `findings`. */
export function readYaml(source: YamlSource, findings: Findings): readonly MapNode[] {
  const yaml = parseYaml(source.text);
  for (const { place, text } of yaml.faults) {
    findings.problems.push(problem({ ...source.origin, ...place }, [], text));
  }
  let nodes = 0;
  const countNode = (): number => {
    nodes += 1;
    return nodes;
  };
  return yaml.documents.map((document) => new YamlReader({ source, yaml, document, countNode }, findings).read());
}

class TooMuch extends Error {
  readonly origin: Origin;

  constructor(message: string, origin: Origin) {
    super(message);
    this.origin = origin;
  }
}

interface Reading {
  readonly source: YamlSource;
  readonly yaml: YamlText;
  readonly document: Document.Parsed;
  /** One more; aliases make them many. */
  readonly countNode: () => number;
}

class YamlReader {
  readonly #reading: Reading;
  readonly #findings: Findings;
  readonly #targets: AliasTargets;
  /** Maps and lists that are being read: an alias of one of them would go on for ever. */
  readonly #open = new Set<Node>();
  /** Aliases that were reported: what they stand in may be read several times. */
  readonly #reported = new Set<Node>();

  constructor(reading: Reading, findings: Findings) {
    this.#reading = reading;
    this.#findings = findings;
    this.#targets = aliasTargets(reading.document);
  }

  read(): MapNode {
    const { document, source } = this.#reading;
    const origin = this.#place(document.contents?.range?.[0] ?? 0);
    try {
      const node = this.#convert(document.contents, { shape: source.shape, path: [], origin });
      if (node.kind === 'map') return node;
      if (node.kind === 'list' || node.text !== '') this.#problem(origin, [], NO_MAP);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      const text = { found: error.message, expected: 'a configuration that a person wrote' };
      this.#problem(error.origin, [], text);
    }
    return mapNode(origin);
  }

  #convert(node: Node | null, spot: Spot): TreeNode {
    const origin = node?.range ? this.#place(node.range[0]) : spot.origin;
    this.#count(origin, spot.path);
    if (isAlias(node)) {
      const target = this.#follow(node, spot.path);
      return target === undefined ? { ...leaf('', origin, spot.origin), faulty: true } : this.#convert(target, spot);
    }
    if (isMap(node)) return this.#within(node, () => this.#convertMap(node, { ...spot, origin }, spot.origin));
    if (isSeq(node)) return this.#within(node, () => this.#convertList(node, { ...spot, origin }, spot.origin));
    return leaf(isScalar(node) ? scalarText(node) : '', origin, spot.origin);
  }

  #within<Result>(node: Node, read: () => Result): Result {
    this.#open.add(node);
    try {
      return read();
    } finally {
      this.#open.delete(node);
    }
  }

  /** What an alias stands for. One that stands for nothing, or for what it is in, is a problem, and undefined. */
  #follow(alias: Node, path: Path): Node | undefined {
    const target = this.#targets.get(alias);
    if (target !== undefined && !this.#open.has(target)) return target;
    if (!this.#reported.has(alias)) {
      this.#problem(this.#place(alias.range?.[0] ?? 0), path, target === undefined ? NO_ANCHOR : CIRCLE);
    }
    this.#reported.add(alias);
    return undefined;
  }

  #count(origin: Origin, path: Path): void {
    if (this.#reading.countNode() > MOST_NODES) {
      throw new TooMuch(`more than ${MOST_NODES} values, aliases counted`, origin);
    }
    if (path.length > DEEPEST_NESTING) throw new TooMuch(`values nested deeper than ${DEEPEST_NESTING}`, origin);
  }

  #convertMap(map: YAMLMap, spot: Spot, keyOrigin: Origin): MapNode {
    const result = mapNode(spot.origin, keyOrigin);
    const keys = new Map<string, Origin>();
    for (const { key, value } of this.#pairsOf(map, spot.path)) {
      if (this.#isAbsent(value)) continue;
      const origin = key.range ? this.#place(key.range[0]) : spot.origin;
      const resolved = resolvePath(spot.shape, splitName(scalarText(key)));
      const path = [...spot.path, ...resolved.path];
      const first = keys.get(formatPath(resolved.path));
      if (first !== undefined) {
        this.#problem(origin, path, {
          found: `a second value (the first is at ${formatOrigin(first)})`,
          ...SECOND_VALUE,
        });
        continue;
      }
      keys.set(formatPath(resolved.path), origin);
      const child = this.#convert(value, { shape: resolved.shape, path, origin });
      putOnce(result, { path: resolved.path, node: child, shape: spot.shape, around: spot.path }, this.#findings);
    }
    return result;
  }

  #convertList(list: YAMLSeq, spot: Spot, keyOrigin: Origin): TreeNode {
    const result = listNode(spot.origin, keyOrigin);
    const shape = spot.shape?.kind === 'list' ? spot.shape.element : undefined;
    for (const [index, item] of list.items.entries()) {
      const node = toNode(item);
      if (this.#isAbsent(node)) continue;
      const origin = node?.range ? this.#place(node.range[0]) : spot.origin;
      const path = [...spot.path, index];
      result.items.set(index, this.#convert(node, { shape, path, origin }));
    }
    return result;
  }

  #isAbsent(node: Node | null): boolean {
    return this.#reading.source.nulls === 'absent' && isScalar(node) && node.value === null;
  }

  /** The pairs of a map, and behind them those that `<<` merges into it, which give way. */
  #pairsOf(map: YAMLMap, path: Path): readonly Entry[] {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const pair of map.items) {
      const entry = this.#entryOf(pair, path);
      if (entry === undefined) continue;
      if (isMergeKey(entry.key)) merged.push(...this.#mergedPairs(entry, path));
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

  #mergedPairs(entry: Entry, path: Path): readonly Entry[] {
    const origin = this.#place((entry.value ?? entry.key).range?.[0] ?? 0);
    this.#count(origin, path);
    const source = isAlias(entry.value) ? this.#follow(entry.value, path) : entry.value;
    if (source === undefined) return [];
    // The depth counts merges too.
    const deeper = [...path, '<<'];
    if (isMap(source)) return this.#within(source, () => this.#pairsOf(source, deeper));
    if (isSeq(source)) {
      return this.#within(source, () =>
        source.items.flatMap((item) => this.#mergedPairs({ key: entry.key, value: toNode(item) }, deeper)),
      );
    }
    this.#problem(this.#place(entry.key.range?.[0] ?? 0), path, {
      found: 'a merge key (<<) without a map',
      expected: '<<: *anchor of a map',
    });
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
    return { ...this.#reading.source.origin, ...this.#reading.yaml.placeOf(offset) };
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

const CIRCLE: ProblemText = {
  found: 'an alias (*name) within what it stands for',
  expected: 'an alias of a value elsewhere',
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
