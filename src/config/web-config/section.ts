import { nearestName } from '../nearest-name.js';
import type { Path } from '../path.js';
import { quote, type Reporter } from '../report.js';
import { childrenOf, type MapNode, type TreeNode } from '../tree.js';

/** A group of the file, to be read name by name. What does not fit is reported and counts as not set, as an empty value does. */
export interface Section {
  readonly path: Path;
  readonly reporter: Reporter;
  /** Whether anything has a value. */
  readonly isEmpty: boolean;
  section(name: string, known: readonly string[] | 'any'): Section;
  text(name: string): string | undefined;
  boolean(name: string): boolean | undefined;
  /** With the place of each item. */
  list(name: string): readonly { readonly path: Path; readonly text: string }[];
  /** All names with their values, for groups in which names are free. */
  entries(): readonly (readonly [string, string])[];
}

/** Names that are not `known` are reported, as exporter-toolkit does it (facts/prometheus.md 7.1). */
export function openSection(node: MapNode, path: Path, known: readonly string[] | 'any', reporter: Reporter): Section {
  if (known !== 'any') reportUnknown(node, path, known, reporter);

  function find(name: string): TreeNode | undefined {
    const value = node.entries.get(name);
    return value?.kind === 'leaf' && value.text === '' ? undefined : value;
  }

  function text(name: string): string | undefined {
    const value = find(name);
    if (value === undefined || value.kind === 'leaf') return value?.text;
    reporter.error([...path, name], { found: KINDS[value.kind], expected: 'a text' });
    return undefined;
  }

  return {
    path,
    reporter,
    isEmpty: [...node.entries.keys()].every((name) => find(name) === undefined),
    text,
    section(name, knownBelow) {
      const here = [...path, name];
      const value = find(name);
      if (value?.kind === 'map') return openSection(value, here, knownBelow, reporter);
      if (value !== undefined) reporter.error(here, { found: KINDS[value.kind], expected: 'a map' });
      return openSection({ ...node, entries: new Map() }, here, 'any', reporter);
    },
    boolean(name) {
      const written = text(name);
      const value = written === undefined ? undefined : BOOLEANS.get(written.toLowerCase());
      if (written !== undefined && value === undefined) {
        reporter.error([...path, name], { found: quote(written), expected: 'true or false' });
      }
      return value;
    },
    list(name) {
      const value = find(name);
      if (value === undefined) return [];
      if (value.kind !== 'list') {
        reporter.error([...path, name], { found: KINDS[value.kind], expected: 'a list' });
        return [];
      }
      return childrenOf(value).flatMap(([index, item]) => {
        const here = [...path, name, index];
        if (item.kind === 'leaf' && item.text !== '') return [{ path: here, text: item.text }];
        reporter.error(here, { found: item.kind === 'leaf' ? 'nothing' : KINDS[item.kind], expected: 'a text' });
        return [];
      });
    },
    entries: () => [...node.entries.keys()].map((name) => [name, text(name) ?? ''] as const),
  };
}

const KINDS = { map: 'a map', list: 'a list', leaf: 'a text' } as const;

/** The words that Go's YAML takes. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

function reportUnknown(node: MapNode, path: Path, known: readonly string[], reporter: Reporter): void {
  for (const [name, value] of node.entries) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    reporter.errorAt(value.keyOrigin, [...path, name], {
      found: 'an unknown name',
      expected: `one of ${known.join(', ')}`,
      ...(nearest === undefined ? {} : { remedy: `did you mean ${nearest}?` }),
    });
  }
}
