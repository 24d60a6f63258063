import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { type Findings, formatProblem } from '../report.js';
import { rootSchema } from '../schema/root.js';
import { shapeOf } from '../shape.js';
import type { TreeNode } from '../tree.js';
import { readJson } from './json-source.js';
import { DEEPEST_NESTING, parseYaml } from './yaml-documents.js';
import { readYaml } from './yaml-source.js';

const ORIGIN = { kind: 'file', file: 'promregator.yml' } as const;
const shape = shapeOf(rootSchema);

const PIECES = [
  ...[
    'a',
    'b: ',
    '- ',
    ': ',
    '\n',
    '\n  ',
    '\n    ',
    '\t',
    '[',
    ']',
    '{',
    '}',
    ',',
    '&x ',
    '*x',
    '<<: ',
    '? ',
    '!!int ',
    '!',
    '%YAML 1.1',
  ],
  ...[
    '"',
    "'",
    '|',
    '>',
    '#',
    '---',
    '...',
    '~',
    'null',
    '0x1',
    '@',
    '`',
    '\\',
    '\ufeff',
    '\u0000',
    '\u2028',
    'promregator',
    'targets',
  ],
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join('')),
  anyText(),
);

/** What a tree says, in the form of JSON with texts alone. */
function spelled(node: TreeNode | undefined): unknown {
  if (node?.kind === 'leaf') return node.text;
  if (node?.kind === 'list')
    return [...node.items.entries()].toSorted(([a], [b]) => a - b).map(([, item]) => spelled(item));
  return [...(node?.entries ?? [])].map(([name, each]) => [name, spelled(each)]);
}

describe('any text', () => {
  test('is YAML, or has faults at places that there are', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { documents, faults } = parseYaml(text);
        expect(documents.length === 0 || faults.length === 0).toBe(true);
        const lines = text.split('\n').length;
        for (const { place } of faults) {
          expect(place.line ?? 1).toBeGreaterThanOrEqual(1);
          expect(place.line ?? 1).toBeLessThanOrEqual(lines);
          expect(place.column ?? 1).toBeGreaterThanOrEqual(1);
        }
      }),
      propertyRuns(500),
    );
  });

  test('is read into trees, or problems that do not quote it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const findings: Findings = { problems: [], warnings: [] };
        const marked = text.replaceAll('a', 'hunter2');
        const trees = readYaml({ origin: ORIGIN, text: marked, shape, nulls: 'empty' }, findings);
        expect(trees.every((tree) => tree.kind === 'map')).toBe(true);
        // Names are shown, since people look for them; values never are.
        for (const { found, expected, remedy } of findings.problems) {
          expect(`${found} ${expected} ${remedy}`).not.toContain('hunter2');
        }
      }),
      propertyRuns(500),
    );
  });

  test('nested deeper than anybody writes has faults, and ends', () => {
    const bracket = fc.constantFrom(['[', ']'], ['{a: ', '}'], ['- ', '']);
    fc.assert(
      fc.property(fc.array(bracket, { maxLength: 8 }), fc.nat({ max: 400 }), (kinds, depth) => {
        const around = Array.from(
          { length: depth },
          (_, index) => kinds[index % Math.max(1, kinds.length)] ?? ['[', ']'],
        );
        const text =
          around.map(([open]) => open).join('') +
          around
            .map(([, close]) => close)
            .reverse()
            .join('');
        const { faults } = parseYaml(`x: 1\n---\n${text}`);
        // The text around a value is one level more to the parser than to us.
        if (depth > DEEPEST_NESTING + 1) expect(faults.length).toBeGreaterThan(0);
      }),
      propertyRuns(200),
    );
  });
});

describe('JSON', () => {
  // In a shape of their own, in which no name has a meaning: neither dots nor spellings count.
  const name = fc.stringMatching(/^x[a-z0-9]{0,5}$/);
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('null', '~', '*x', '&x', '0x1', 'a: b', '# c', '"', '\\', '\u2028'),
  );
  // What stands there without quotes is the text that stands there; marked here, since JSON.stringify would spell it anew.
  const plain = fc
    .constantFrom('1.50', '1e2', '1E+2', '-0', '100000000000000000000', 'true', '0.10')
    .map((each) => `<${each}>`);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      plain,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 3 }),
    ),
  }));
  const document = fc.dictionary(name, value, { maxKeys: 3 });
  const entriesOf = (json: unknown): unknown => {
    if (Array.isArray(json)) return json.map(entriesOf);
    if (typeof json === 'string') return json.replace(/^<([^<>"]*)>$/, '$1');
    return Object.entries(Object(json)).map(([key, each]) => [key, entriesOf(each)]);
  };

  test('is YAML that says the same', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(0, 2), (json, indent) => {
        const findings: Findings = { problems: [], warnings: [] };
        const written = JSON.stringify(json, undefined, indent).replace(/"<([^<>"]*)>"/g, '$1');
        const [tree] = readYaml({ origin: ORIGIN, text: written, shape, nulls: 'empty' }, findings);
        expect(findings.problems.map(formatProblem)).toEqual([]);
        expect(spelled(tree)).toEqual(entriesOf(json));
        expect(
          spelled(readJson({ kind: 'leaf', text: written, origin: ORIGIN, keyOrigin: ORIGIN }, shape, findings)),
        ).toEqual(entriesOf(json));
      }),
      propertyRuns(200),
    );
  });

  test('that is none is a problem that does not quote it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), hostile), fc.nat(), (json, where) => {
        const broken = `{"a": "hunter2${json.slice(0, where % (json.length + 1))}`;
        const findings: Findings = { problems: [], warnings: [] };
        readJson({ kind: 'leaf', text: broken, origin: ORIGIN, keyOrigin: ORIGIN }, shape, findings);
        expect(findings.problems.map(formatProblem).join('\n')).not.toContain('hunter2');
      }),
      propertyRuns(300),
    );
  });
});
