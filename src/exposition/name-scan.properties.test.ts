import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { createNameScan } from './name-scan.js';
import { OWN_SAMPLE_NAMES } from './own-samples.js';

type Format = Parameters<typeof createNameScan>[0];

function scan(format: Format, body: Buffer, lengths: readonly number[]): readonly string[] {
  const names = createNameScan(format);
  let rest = body;
  for (const length of [...lengths, rest.length]) {
    // A copy that is spoiled afterwards, since whoever reads from a socket uses its memory again.
    const chunk = Buffer.from(rest.subarray(0, length));
    names.push(chunk);
    chunk.fill('promregator_up 1\n');
    rest = rest.subarray(length);
  }
  return names.found();
}

const names = fc.constantFrom(...OWN_SAMPLE_NAMES, 'promregator_', 'promregator_upper', 'up', 'xpromregator_up');
const lengths = fc.array(fc.nat({ max: 40 }), { maxLength: 30 });

describe('lines', () => {
  const label = fc.tuple(
    fc.constantFrom('a', 'promregator_up', '__name__'),
    fc.oneof(names, fc.string(), fc.constant('"}\\\n')),
  );
  const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  const labels = fc.array(label, { maxLength: 3 }).map((all) => all.map(([name, value]) => `${name}=${quoted(value)}`));
  const blank = fc.constantFrom('', ' ', '\t ');
  const line = fc.oneof(
    fc.tuple(names, labels, blank).map(([name, all, gap]) => `${name}${gap}{${all.join(`,${gap}`)}} 1`),
    fc.tuple(names, labels, blank, fc.nat({ max: 3 })).map(([name, all, gap, at]) => {
      const inside = [...all.slice(0, at), quoted(name), ...all.slice(at)];
      return `{${gap}${inside.join(`${gap},${gap}`)}${gap}} 1`;
    }),
    names.map((name) => `${name} 1`),
    fc
      .tuple(fc.constantFrom('HELP', 'TYPE', 'UNIT', 'EOF'), names, names)
      .map(([word, name, text]) => `# ${word} ${name} ${text} 1`),
    fc
      .array(fc.constantFrom('promregator_up', '{', '}', '"', '\\', ',', '=', ' ', '#', 'HELP', '\r', 'é'))
      .map((all) => all.join('')),
  );

  /** What a reader that takes a line apart word by word finds; slow, and nothing like the scan. */
  function namesOf(body: string): readonly string[] {
    const found = new Set(body.split('\n').map(nameOfLine));
    return OWN_SAMPLE_NAMES.filter((name) => found.has(name));
  }

  function nameOfLine(text: string): string | undefined {
    const words = /^#[ \t]*(HELP|TYPE|UNIT)[ \t]+("?)([a-zA-Z_:][a-zA-Z0-9_:]*)\2(?:[ \t]|$)/.exec(text);
    if (words !== null) return words[3];
    if (!text.startsWith('{')) return /^[a-zA-Z_:][a-zA-Z0-9_:]*(?=[{ \t])/.exec(text)?.[0];
    const item = /^[ \t]*(?:"((?:\\.|[^\\"])*)"|([^\s"={},]+))[ \t]*(?:(=)[ \t]*"(?:\\.|[^\\"])*"[ \t]*)?([,}])/s;
    let rest = text.slice(1);
    for (let match = item.exec(rest); match !== null; match = item.exec(rest)) {
      const [whole, inQuotes, , equals, end] = match;
      if (inQuotes !== undefined && equals === undefined) return inQuotes;
      if (end === '}' || (inQuotes === undefined && equals === undefined)) return undefined;
      rest = rest.slice(whole.length);
    }
    return undefined;
  }

  test('hold the names that a slow reader finds, in any chunks', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.constantFrom('', '\n'), lengths, (lines, end, cuts) => {
        const body = lines.join('\n') + end;
        expect(scan('text', Buffer.from(body, 'latin1'), cuts)).toEqual(namesOf(body));
      }),
      propertyRuns(2000),
    );
  });

  test('are passed over where they are too long to keep, and only there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3900, max: 4200 }), names, lengths, (length, name, cuts) => {
        const body = Buffer.from(`{a="${'x'.repeat(length)}","${name}"} 1\n${name} 1\n`);
        expect(scan('openmetrics', body, [...cuts, 1000, 3000])).toEqual(
          OWN_SAMPLE_NAMES.filter((own) => own === name),
        );
      }),
      propertyRuns(),
    );
  });
});

describe('messages', () => {
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
  /** As some encoders write it: longer than it has to be. */
  const padded = (value: number): number[] => [...varint(value).map((byte) => byte | 128), 0];
  const field = (number: number, bytes: Uint8Array): number[] => [number * 8 + 2, ...varint(bytes.length), ...bytes];
  const bytes = fc.uint8Array({ maxLength: 300 });
  const family = fc.tuple(names, bytes, fc.boolean()).map(([name, help, isPadded]) => {
    const message = [...field(1, Buffer.from(name)), ...field(2, help)];
    return { name, written: Buffer.from([...(isPadded ? padded : varint)(message.length), ...message]) };
  });

  test('hold the names of their families, in any chunks, whatever their help says', () => {
    fc.assert(
      fc.property(fc.array(family, { maxLength: 5 }), fc.nat(), lengths, (families, cutOff, cuts) => {
        const body = Buffer.concat(families.map(({ written }) => written));
        const expected = OWN_SAMPLE_NAMES.filter((own) => families.some(({ name }) => name === own));
        expect(scan('protobuf', body, cuts)).toEqual(expected);
        const cut = body.subarray(0, cutOff % (body.length + 1));
        expect(expected).toEqual(expect.arrayContaining([...scan('protobuf', cut, cuts)]));
      }),
      propertyRuns(500),
    );
  });
});
