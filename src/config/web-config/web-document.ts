import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Origin } from '../origin.js';
import { formatPath, type Path } from '../path.js';
import { type Findings, type ProblemText, problem } from '../report.js';
import { type AliasTargets, aliasTargets, NO_ANCHOR } from '../sources/yaml-aliases.js';
import { parseYaml } from '../sources/yaml-documents.js';
import { leaf, listNode, type MapNode, mapNode, type TreeNode } from '../tree.js';

/** Three levels are all there is in this file. */
const DEEPEST_NESTING = 8;
const MOST_NODES = 10_000;

/**
 * A web config file as a tree of texts. Unlike in our own configuration names count to the letter: no dots, no humps, and a
 * user may be called `john.doe`. Undefined when it cannot be read at all, which is reported then; an empty file is an empty map.
 */
export function readWebDocument(file: string, text: string, findings: Findings): MapNode | undefined {
  const { documents, faults, placeOf } = parseYaml(text);
  const place = (offset: number): Origin => ({ kind: 'file', file, ...placeOf(offset) });
  const report = (origin: Origin, path: Path, what: ProblemText): void =>
    void findings.problems.push(problem(origin, path, what));
  for (const fault of faults) report({ kind: 'file', file, ...fault.place }, [], fault.text);
  if (faults.length > 0) return undefined;
  const [document, second] = documents;
  const start: Origin = { kind: 'file', file, line: 1, column: 1 };
  if (second !== undefined) {
    const origin = place(second.contents?.range?.[0] ?? second.range[0]);
    report(origin, [], { found: 'a second YAML document (---)', expected: 'one' });
    return undefined;
  }
  const root = document === undefined ? mapNode(start) : new Reader(document, place, report).read(start);
  if (root.kind === 'map') return root;
  if (root.kind === 'leaf' && root.text === '') return mapNode(start);
  report(root.origin, [], { found: 'no map at the top', expected: 'groups such as tls_server_config' });
  return undefined;
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #targets: AliasTargets;
  readonly #place: (offset: number) => Origin;
  readonly #report: (origin: Origin, path: Path, what: ProblemText) => void;
  #nodes = 0;

  constructor(
    document: Document.Parsed,
    place: (offset: number) => Origin,
    report: (origin: Origin, path: Path, what: ProblemText) => void,
  ) {
    this.#document = document;
    this.#targets = aliasTargets(document);
    this.#place = place;
    this.#report = report;
  }

  read(start: Origin): TreeNode {
    return this.#convert(this.#document.contents, [], start);
  }

  #convert(node: Node | null, path: Path, keyOrigin: Origin): TreeNode {
    this.#nodes += 1;
    const origin = node?.range ? this.#place(node.range[0]) : keyOrigin;
    if (path.length > DEEPEST_NESTING || this.#nodes > MOST_NODES) {
      const found = path.length > DEEPEST_NESTING ? 'values nested too deeply' : `more than ${MOST_NODES} values`;
      if (this.#nodes <= MOST_NODES + 1)
        this.#report(origin, path.slice(0, 1), { found, expected: 'a web config file' });
      return leaf('', origin, keyOrigin);
    }
    if (isAlias(node)) {
      const target = this.#targets.get(node);
      if (target !== undefined) return this.#convert(target, [...path], keyOrigin);
      this.#report(origin, path, NO_ANCHOR);
      return { ...leaf('', origin, keyOrigin), faulty: true };
    }
    if (isMap(node)) {
      const map = mapNode(origin, keyOrigin);
      for (const { key, value } of node.items) this.#addPair(map, toNode(key), toNode(value), path);
      return map;
    }
    if (isSeq(node)) {
      const list = listNode(origin, keyOrigin);
      for (const [index, item] of node.items.entries()) {
        list.items.set(index, this.#convert(toNode(item), [...path, index], origin));
      }
      return list;
    }
    return leaf(scalarText(node), origin, keyOrigin);
  }

  #addPair(map: MapNode, key: Node | null, value: Node | null, path: Path): void {
    const origin = key?.range ? this.#place(key.range[0]) : map.origin;
    if (!isScalar(key)) {
      this.#report(origin, path, { found: 'a key that is no plain name', expected: 'name: value' });
      return;
    }
    const name = scalarText(key);
    const here = [...path, name];
    if (map.entries.has(name)) {
      const found = 'a name that stands there twice';
      this.#report(origin, here, { found, expected: 'it once', remedy: `remove one ${formatPath([name])}` });
      return;
    }
    map.entries.set(name, this.#convert(value, here, origin));
  }
}

/** The parser's items are declared `unknown`, and a value that is not there is null. */
function toNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

/** As it stands in the file: a user `0123` is these four digits, not a number. */
function scalarText(node: Node | null): string {
  if (!isScalar(node) || node.value === null) return '';
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}
