import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { errorCode } from '../../base/errors.js';
import { decodeProperties, decodeValue, decodeYaml } from './decode-text.js';
import { parseLocation, tidy } from './location.js';

const bytes = fc.oneof(
  fc.uint8Array(),
  fc
    .array(fc.constantFrom(0xff, 0xfe, 0xef, 0xbb, 0xbf, 0xc3, 0xa4, 0xed, 0xa0, 0x80, 0x0a, 0x41, 0x00))
    .map((all) => Uint8Array.from(all)),
);

describe('any bytes', () => {
  test('are a text, or have a first place that is none', () => {
    fc.assert(
      fc.property(bytes, (all) => {
        const decoded = decodeYaml(all);
        expect(typeof decodeProperties(all)).toBe('string');
        if (decoded.ok) {
          expect(decoded.text).not.toMatch(/\p{Cs}/u);
          return;
        }
        const { line, column = 1 } = decoded.place;
        if (line === undefined) return;
        // All lines before are texts, and this one is up to there.
        const lines = Buffer.from(all).toString('latin1').split('\n');
        const before = Buffer.from(lines.slice(0, line - 1).join('\n'), 'latin1');
        expect(decodeYaml(before).ok).toBe(true);
        expect(decodeYaml(Buffer.from(lines[line - 1] ?? '', 'latin1')).ok).toBe(false);
        expect(column).toBeGreaterThanOrEqual(1);
      }),
      propertyRuns(500),
    );
  });

  test('of a value are a text, or an error that says so', () => {
    fc.assert(
      fc.property(bytes, (all) => {
        try {
          expect(Buffer.from(decodeValue(all)).length).toBeLessThanOrEqual(all.length);
        } catch (error) {
          expect(errorCode(error)).toBe('not_utf8');
        }
      }),
      propertyRuns(300),
    );
  });
});

test('a text is the same in each encoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const little = Buffer.from(`\ufeff${text}`, 'utf16le');
      const big = Buffer.from(little).swap16();
      for (const each of [Buffer.from(`\ufeff${text}`), little, big]) {
        expect(decodeYaml(each)).toEqual({ ok: true, text });
      }
      expect(decodeProperties(Buffer.from(text.replace(/^\ufeff/, '')))).toBe(text.replace(/^\ufeff/, ''));
    }),
    propertyRuns(200),
  );
});

test('a location of any text is a place or a problem, and tidied once and for all', () => {
  const piece = fc.constantFrom(
    'optional:',
    'file:',
    'classpath:',
    'configtree:',
    'env:',
    '//',
    '/',
    './',
    '..',
    'a.yml',
    '[.yml]',
    ';',
    ':',
    '*',
    ' ',
    '\n',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 6 }).map((all) => all.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (written) => {
      const origin = { kind: 'file', file: 'a.yml' } as const;
      const findings = { problems: [], warnings: [] };
      const places = parseLocation(
        { kind: 'leaf', text: written, origin, keyOrigin: origin },
        ['x'],
        'config/',
        findings,
      );
      const parts = written.split(';').filter((part) => part.trim() !== '');
      expect(places.length + findings.problems.length).toBeLessThanOrEqual(parts.length);
      for (const place of places) {
        if (place.kind !== 'variable') expect(tidy(place.name)).toBe(place.name);
        if (place.kind === 'folder' || place.kind === 'configtree') expect(place.name).toMatch(/^$|\/$/);
      }
    }),
    propertyRuns(500),
  );
});
