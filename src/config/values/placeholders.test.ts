// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders are what it is about
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { type Part, parsePlaceholders } from './placeholders.js';

/** `a[name|fallback]b`: a placeholder in brackets, which no row has in its text. */
function show(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      return `[${show(part.name)}${part.fallback === undefined ? '' : `|${show(part.fallback)}`}]`;
    })
    .join('');
}

test.each([
  ['plain', 'plain'],
  ['$a {b} $', '$a {b} $'],
  [`$\{a}`, '[a]'],
  [`x$\{a}y$\{b}z`, 'x[a]y[b]z'],
  [`$\{a:b}`, '[a|b]'],
  [`$\{a:}`, '[a|]'],
  [`$\{a:b:c}`, '[a|b:c]'],
  [`$\{a:http://b:80/}`, '[a|http://b:80/]'],
  [`$\{a:{cipher}00}`, '[a|{cipher}00]'],
  [`$\{a:$\{b:c}}`, '[a|[b|c]]'],
  [`$\{a:x$\{b}y}`, '[a|x[b]y]'],
  [`$\{a$\{b}c}`, '[a[b]c]'],
  [`$\{a$\{b:c}d:e}`, '[a[b|c]d|e]'],
  [`$\{$\{a}:$\{b}}`, '[[a]|[b]]'],
  [`\\$\{a}`, `$\{a}`],
  [`x\\$\{a}$\{b}`, `x$\{a}[b]`],
  [`$\{a\\:b:c}`, '[a:b|c]'],
  [`$\{a:\\$\{b}}`, `[a|$\{b}]`],
  [`$\{a`, `$\{a`],
  [`$\{a$\{b}`, `$\{a[b]`],
  [`\\$\{a`, `\\$\{a`],
  [`$\{}`, '[]'],
  ['^a$', '^a$'],
  [`(a|b)$`, `(a|b)$`],
])('%j is %s', (text, expected) => {
  const parts = parsePlaceholders(text);
  expect(parts && show(parts)).toBe(expected);
});

test('deeper than anybody nests them there are none', () => {
  expect(parsePlaceholders('${'.repeat(33) + '}'.repeat(33))).toBeUndefined();
  expect(parsePlaceholders('${'.repeat(32) + '}'.repeat(32))).toBeDefined();
  expect(parsePlaceholders('${a}'.repeat(100_000))?.length).toBe(100_000);
  expect(parsePlaceholders('${'.repeat(100_000))).toHaveLength(1);
});

test('texts without placeholders come out as they are, whatever braces they hold', () => {
  const text = fc.string({ unit: fc.constantFrom('{', '}', '$ ', ':', 'a') });
  fc.assert(
    fc.property(text, (written) => void expect(show(parsePlaceholders(written) ?? [])).toBe(written)),
    propertyRuns(),
  );
});
