import { expect, test } from 'vitest';
import { isRedirect, readRedirect } from './redirect.js';

test.each([
  ['https://a.example.org', 'https://a.example.org/x', 'same'],
  ['https://a.example.org', 'https://A.EXAMPLE.ORG:443/x', 'same'],
  ['https://a.example.org', '//a.example.org/x', 'same'],
  ['http://a.example.org', 'https://a.example.org/x', 'same'],
  ['http://a.example.org', 'https://a.example.org:8443/x', 'foreign'],
  ['http://a.example.org:8080', 'https://a.example.org/x', 'foreign'],
  ['https://a.example.org', 'https://b.example.org/x', 'foreign'],
  ['https://a.example.org', 'https://a.example.org.evil.example/x', 'foreign'],
  ['https://a.example.org', 'https://a.example.org@evil.example/x', 'foreign'],
  ['https://a.example.org', 'http://a.example.org/x', 'refused'],
  ['https://a.example.org', 'http://b.example.org/x', 'refused'],
  ['https://a.example.org', 'javascript:alert(1)', 'refused'],
  ['https://a.example.org', 'https://', 'refused'],
  ['https://a.example.org', undefined, 'refused'],
])('from %s to %s is %s', (origin, location, kind) => {
  const redirect = readRedirect(location, { origin, path: '/metrics' });
  expect(redirect.kind).toBe(kind);
  if (redirect.kind !== 'refused') expect(redirect.path).toBe('/x');
});

test.each([
  ['', '/metrics?q=1'],
  ['?page=2', '/metrics?page=2'],
  ['other', '/other'],
  ['../up', '/up'],
  ['/a b', '/a%20b'],
])('Location %j is read against the address that sent it', (location, path) => {
  const redirect = readRedirect(location, { origin: 'https://a.example.org', path: '/metrics?q=1' });
  expect(redirect).toEqual({ kind: 'same', origin: 'https://a.example.org', path });
});

test('300 and 304 lead nowhere', () => {
  expect([300, 301, 302, 303, 304, 305, 307, 308].filter(isRedirect)).toEqual([301, 302, 303, 307, 308]);
});
