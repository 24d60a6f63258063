import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { parseLabelSelector } from './label-selector.js';

const word = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,6}[A-Za-z0-9])?$/);
const key = fc.oneof(
  word,
  word.map((name) => `example.org/${name}`),
  fc.constantFrom('in', 'notin', 'constructor', 'toString'),
);
const blank = fc.constantFrom('', ' ', '  ');
const requirement = fc.oneof(
  fc.record({ kind: fc.constantFrom('exists', 'absent'), key, values: fc.constant([]), blank }),
  fc.record({ kind: fc.constantFrom('=', '==', '!='), key, values: fc.tuple(fc.oneof(word, fc.constant(''))), blank }),
  fc.record({
    kind: fc.constantFrom('in', 'notin'),
    key,
    values: fc.array(word, { minLength: 1, maxLength: 3 }),
    blank,
  }),
);

interface Requirement {
  readonly kind: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly blank: string;
}

function write({ kind, key: name, values, blank: gap }: Requirement): string {
  if (kind === 'exists') return gap + name;
  if (kind === 'absent') return `!${gap}${name}`;
  if (kind === 'in' || kind === 'notin') return `${name} ${kind} ${gap}(${values.join(`${gap},${gap}`)}${gap})`;
  return `${name}${gap}${kind}${gap}${values[0]}`;
}

/** As the API's documentation says it: what is excluded may also be missing. */
function holds({ kind, key: name, values }: Requirement, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(name);
  if (kind === 'exists') return value !== undefined;
  if (kind === 'absent') return value === undefined;
  const isAmong = value !== undefined && values.includes(value);
  return kind === '!=' || kind === 'notin' ? !isAmong : isAmong;
}

describe('a label selector', () => {
  test('holds when each of its requirements does', () => {
    const requirements = fc.array(requirement, { minLength: 1, maxLength: 5 });
    const others = fc.array(fc.tuple(key, fc.oneof(word, fc.constant(''))), { maxLength: 3 });
    fc.assert(
      fc.property(requirements, others, fc.nat(), (all, more, which) => {
        const outcome = parseLabelSelector(all.map(write).join(','));
        if (!outcome.ok) throw new Error(`${outcome.reason} at ${outcome.position}`);
        // Labels that fit nearly, since those of chance hardly ever do.
        const fitting = all.map(({ key: name, values }) => [name, values[which % values.length] ?? ''] as const);
        for (const labels of [new Map(fitting), new Map([...fitting, ...more]), new Map(more)]) {
          const expected = all.every((each) => holds(each, labels));
          expect(outcome.selector.test(Object.fromEntries(labels))).toBe(expected);
        }
      }),
      propertyRuns(500),
    );
  });

  test('of any text is one, or is refused at a place in it', () => {
    const piece = fc.constantFrom(
      'a',
      'env',
      'in',
      'notin',
      ' ',
      '(',
      ')',
      ',',
      '!',
      '=',
      '==',
      '!=',
      '/',
      '.',
      '-',
      'é',
      '\n',
      '__proto__',
    );
    const text = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      anyText(),
    );
    fc.assert(
      fc.property(text, (written) => {
        const outcome = parseLabelSelector(written);
        if (outcome.ok) {
          expect(typeof outcome.selector.test({})).toBe('boolean');
          return;
        }
        expect(outcome.reason).not.toBe('');
        expect(outcome.position).toBeGreaterThanOrEqual(0);
        expect(outcome.position).toBeLessThanOrEqual(written.length);
      }),
      propertyRuns(300),
    );
  });
});
