import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { acceptsGzip } from './accept-encoding.js';
import { classifyContentType, OPENMETRICS_TYPE, PROTOBUF_TYPE, TEXT_TYPE } from './content-type.js';
import { parseMediaType, qualityOf, splitClauses } from './media-type.js';

const token = fc.string({ unit: fc.constantFrom(...'abXY09-_.+!#$&^`|~'), minLength: 1, maxLength: 8 });
const value = fc.oneof(token, fc.string({ unit: fc.constantFrom(...'ab ,;="\\/é') }));
/** As RFC 9110 5.6.4 quotes what is no token. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
const blank = fc.constantFrom('', ' ', '\t');
const parameters = fc.uniqueArray(fc.tuple(token, value), { selector: ([name]) => name.toLowerCase(), maxLength: 4 });
const media = fc.record({ type: token, subtype: token, parameters, blank });
const hostile = fc.oneof(
  anyText(),
  fc
    .array(fc.constantFrom('text/plain', ';', '=', '"', '\\', ',', ' ', 'q', '0', '1', '.', 'version', '*/*'))
    .map((all) => all.join('')),
);

interface Media {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: readonly (readonly [string, string])[];
  readonly blank: string;
}

function write({ type, subtype, parameters: all, blank: gap }: Media): string {
  return [`${type}/${subtype}`, ...all.map(([name, each]) => `${name}=${quoted(each)}`)].join(`${gap};${gap}`);
}

describe('a media type', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(media, (each) => {
        const read = parseMediaType(write(each));
        expect(read.type).toBe(`${each.type}/${each.subtype}`.toLowerCase());
        expect([...read.parameters]).toEqual(each.parameters.map(([name, text]) => [name.toLowerCase(), text]));
      }),
      propertyRuns(500),
    );
  });

  test('stands alone in a list, whatever commas it quotes', () => {
    fc.assert(
      fc.property(fc.array(media, { maxLength: 5 }), blank, (all, gap) => {
        const written = all.map(write);
        expect(splitClauses(written.join(`${gap},${gap}`))).toEqual(written);
      }),
      propertyRuns(500),
    );
  });

  test('is split off of any text, without losing anything but commas and blanks', () => {
    fc.assert(
      fc.property(hostile, (header) => {
        const clauses = splitClauses(header);
        const bare = (text: string): string => text.replace(/[\s,]/g, '');
        expect(bare(clauses.join(''))).toBe(bare(header));
        for (const clause of clauses) {
          expect(clause).toBe(clause.trim());
          const quality = qualityOf(parseMediaType(clause).parameters.get('q'));
          expect(quality >= 0 && quality <= 1).toBe(true);
        }
      }),
      propertyRuns(1000),
    );
  });
});

describe('a Content-Type', () => {
  const type = fc.oneof(fc.constantFrom(TEXT_TYPE, OPENMETRICS_TYPE, PROTOBUF_TYPE, 'text/html', ''), hostile);

  const known = fc.array(
    fc.tuple(
      fc.constantFrom('version', 'escaping', 'charset', 'proto', 'encoding', 'Escaping'),
      fc.oneof(fc.constantFrom('0.0.4', '1.0.0', 'allow-utf-8', 'dots', 'Values', 'delimited'), value),
    ),
    { maxLength: 4 },
  );

  test('of any text is sent on as one of ours, or not at all', () => {
    const ours =
      /^(?:text\/plain; version=0\.0\.4; charset=utf-8|application\/openmetrics-text; version=(?:0\.0\.1|1\.0\.0); charset=utf-8|application\/vnd\.google\.protobuf; proto=io\.prometheus\.client\.MetricFamily; encoding=delimited)(?:; escaping=(?:allow-utf-8|underscores|dots|values))?$/;
    fc.assert(
      fc.property(type, known, hostile, (kind, all, rest) => {
        const written = [kind, ...all.map(([name, each]) => `${name}=${quoted(each)}`), rest].join(';');
        const exposition = classifyContentType(written);
        if (exposition === undefined) return;
        expect(exposition.contentType).toMatch(ours);
        // What we send on, another of us takes for the same.
        expect(classifyContentType(exposition.contentType)).toEqual(exposition);
      }),
      propertyRuns(1000),
    );
  });
});

describe('Accept-Encoding', () => {
  test('of any text is a yes or a no', () => {
    const piece = fc.constantFrom('gzip', 'x-gzip', '*', 'br', ';', 'q', '=', '0', '1', '.', ',', ' ', '"');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((all) => all.join('')),
          fc.string(),
        ),
        (header) => {
          expect(typeof acceptsGzip(header)).toBe('boolean');
        },
      ),
      propertyRuns(500),
    );
  });

  test('means gzip by its quality, wherever it stands', () => {
    const coding = fc.tuple(fc.constantFrom('br', 'deflate', 'zstd', 'identity', '*'), fc.nat({ max: 1000 }));
    fc.assert(
      fc.property(fc.array(coding), fc.array(coding), fc.nat({ max: 1000 }), (before, behind, quality) => {
        const clauses = [...before, ['gzip', quality], ...behind].map(
          ([name, each]) => `${name};q=${Number(each) / 1000}`,
        );
        expect(acceptsGzip(clauses.join(', '))).toBe(quality > 0);
      }),
      propertyRuns(),
    );
  });
});
