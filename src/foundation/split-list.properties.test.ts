import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { splitList } from './split-list.js';

/** Texts that look like the structure around them. */
const text = fc.oneof(
  anyText(),
  fc
    .array(fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', ':', 'resources', '\u0000', '€', '😀', '\ud800'))
    .map(joined),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.constantFrom(null, true, false, 0, -1.5e-9, 1e300), text),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom('resources', '__proto__', 'next'), text), tie('value'), { maxKeys: 4 }),
  ),
}));
const blank = fc.constantFrom('', ' ', '\n', '\r\n\t');

/** JSON with blanks wherever they may stand. */
const written = (json: unknown, blanks: string): string =>
  blanks === '' ? JSON.stringify(json) : JSON.stringify(json, undefined, 1).replace(/\n */g, blanks);

const list = fc
  .record({
    before: fc.dictionary(text, value, { maxKeys: 3 }),
    resources: fc.array(value, { maxLength: 6 }),
    blanks: blank,
  })
  .map(({ before, resources, blanks }) => {
    // From entries, since `__proto__` is a name here like any other.
    const entries = Object.entries(before).filter(([name]) => name !== 'resources');
    return written(Object.fromEntries([...entries, ['resources', resources], ['last', before]]), blanks);
  });

function joined(parts: readonly string[]): string {
  return parts.join('');
}

/** Frame and elements parsed one by one, as the lister does; undefined where that one says that it is no list. */
function readBySplitting(json: Buffer): unknown {
  const split = splitList(json);
  if (split === undefined) return undefined;
  const frame = parsed(split.frame);
  const elements = split.elements.map(([start, end]) => parsed(json.toString('utf8', start, end)));
  if (frame === undefined || elements.includes(undefined)) return undefined;
  return withResources(frame, elements);
}

/** Undefined for what is no JSON; JSON itself has no such value. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function withResources(frame: unknown, resources: unknown): unknown {
  if (typeof frame !== 'object' || frame === null) return undefined;
  return Object.fromEntries(
    Object.entries(frame).map(([name, each]) => [name, name === 'resources' ? resources : each]),
  );
}

/** Byte for byte what it says, unlike `toEqual`, which passes over `__proto__`. */
const spelled = (json: unknown): string | undefined => JSON.stringify(json);

describe('a list cut at its elements', () => {
  test('is the list that JSON.parse reads', () => {
    fc.assert(
      fc.property(list, (json) => {
        expect(spelled(readBySplitting(Buffer.from(json)))).toBe(spelled(JSON.parse(json)));
      }),
      propertyRuns(300),
    );
  });

  test('is none when it breaks off', () => {
    fc.assert(
      fc.property(list, fc.nat(), (json, where) => {
        const bytes = Buffer.from(json);
        expect(readBySplitting(bytes.subarray(0, where % bytes.length))).toBe(undefined);
      }),
      propertyRuns(300),
    );
  });

  test('is none that JSON.parse would not read', () => {
    // Where the structure is decided; elsewhere most splices would change a text only.
    const splice = fc.record({
      at: fc.nat(),
      drop: fc.nat({ max: 3 }),
      put: fc.constantFrom(...'",:[]{}\\ 1\u0001x', ''),
    });
    fc.assert(
      fc.property(list, fc.array(splice, { minLength: 1, maxLength: 2 }), (json, splices) => {
        let bytes = Buffer.from(json);
        for (const { at, drop, put } of splices) {
          const places = [...bytes.entries()].filter(([, byte]) => '",:[]{}'.includes(String.fromCharCode(byte)));
          const from = places[at % places.length]?.[0] ?? 0;
          bytes = Buffer.concat([bytes.subarray(0, from), Buffer.from(put), bytes.subarray(from + drop)]);
        }
        const found = readBySplitting(bytes);
        // Of two lists of one name the first counts here, and the last for JSON.parse.
        if (found === undefined || bytes.toString().split('"resources"').length > 2) return;
        expect(spelled(found)).toBe(spelled(parsed(bytes.toString())));
      }),
      propertyRuns(1000),
    );
  });

  test('is looked for in any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const json = Buffer.concat([Buffer.from('{"resources":['), bytes]);
        for (const [start, end] of splitList(json)?.elements ?? []) {
          expect(start).toBeLessThan(end);
          expect(end).toBeLessThan(json.length);
        }
      }),
      propertyRuns(500),
    );
  });
});
