import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { readRedirect } from './redirect.js';

const PIECES = [
  ...[
    'http:',
    'https:',
    'HTTPS:',
    'javascript:',
    'file:',
    '/',
    '//',
    '\\',
    '..',
    '.',
    '?',
    '#',
    '@',
    ':',
    '%2e',
    '%00',
  ],
  ...[
    'app.example.org',
    'evil.example.com',
    '169.254.169.254',
    '[::1]',
    '127.1',
    '443',
    '80',
    '8443',
    '\r\n',
    '\t',
    ' ',
    'é',
    '\ud800',
  ],
];
const location = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  anyText(),
);
const from = fc.record({
  origin: fc.constantFrom(
    'http://app.example.org',
    'https://app.example.org',
    'https://app.example.org:8443',
    'http://[::1]:80',
  ),
  path: fc.constantFrom('/metrics', '/', '/a/b?c=d', '/%2e%2e/x'),
});

describe('a redirect', () => {
  test('by any Location leads to a place by http or https, or is refused', () => {
    fc.assert(
      fc.property(location, from, (text, source) => {
        const to = readRedirect(text, source);
        if (to.kind === 'refused') {
          expect(to.reason).not.toBe('');
          return;
        }
        expect(to.origin).toMatch(/^https?:\/\/[^\s/?#@]+$/);
        // A request line takes nothing but printable ASCII.
        expect(to.path).toMatch(/^\/[\x21-\x7e]*$/);
        expect(to.path).not.toContain('#');
        expect(source.origin.startsWith('https:') && to.origin.startsWith('http:')).toBe(false);
      }),
      propertyRuns(2000),
    );
  });

  test('counts as the same place only with the same host, and the same port or its upgrade', () => {
    fc.assert(
      fc.property(location, from, (text, source) => {
        const to = readRedirect(text, source);
        if (to.kind !== 'same') return;
        const [ours, theirs] = [new URL(source.origin), new URL(to.origin)];
        expect(theirs.hostname).toBe(ours.hostname);
        const upgraded = ours.port === '' && theirs.port === '' && theirs.protocol === 'https:';
        expect(theirs.port === ours.port || upgraded).toBe(true);
      }),
      propertyRuns(2000),
    );
  });

  test('within a host stays there', () => {
    fc.assert(
      fc.property(fc.webPath(), from, (path, source) => {
        const to = readRedirect(`/x${path}`, source);
        expect(to).toMatchObject({ kind: 'same', origin: new URL(source.origin).origin });
      }),
      propertyRuns(),
    );
  });
});
