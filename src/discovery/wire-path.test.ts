import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { wirePath } from './wire-path.js';

test.each([
  ['', '/metrics', '/metrics'],
  ['', 'metrics', '/metrics'],
  ['', '', '/'],
  ['', '/', '/'],
  ['', '//evil.example.org/x', '/evil.example.org/x'],
  ['/shop', '/metrics', '/shop/metrics'],
  ['/shop/', '/metrics', '/shop/metrics'],
  ['/shop', 'metrics/', '/shop/metrics/'],
  ['/shop', '', '/shop'],
  ['//shop', '', '/shop'],
  ['/shop', '/', '/shop/'],
  ['', '/metrics?format=a&x=%20b', '/metrics?format=a&x=%20b'],
  ['', '/metrics?', '/metrics?'],
  ['/shop', '?a=b?c', '/shop?a=b?c'],
  ['/gw?tenant=1', '/metrics?a=2', '/gw/metrics?tenant=1&a=2'],
  ['/gw?tenant=1', '/metrics', '/gw/metrics?tenant=1'],
  ['', '/a b/ü/%2F/%zz/%', '/a%20b/%C3%BC/%2F/%25zz/%25'],
  ['', '/x?match[]={a="b"}#c', '/x?match%5B%5D=%7Ba=%22b%22%7D%23c'],
  ['', '/a\r\nHost: evil', '/a%0D%0AHost:%20evil'],
  ['', '/\ud800', '/%EF%BF%BD'],
  ['', "/~user/(a);b=1,2/@me!$&'*+", "/~user/(a);b=1,2/@me!$&'*+"],
])('%j and %j make %j', (base, path, whole) => {
  expect(wirePath(base, path)).toBe(whole);
});

test('any two texts make a request target, and encoding it again changes nothing', () => {
  fc.assert(
    fc.property(anyText(), anyText(), (base, path) => {
      const whole = wirePath(base, path);
      expect(whole).toMatch(/^\/(?:$|[^/])/);
      expect(whole).toMatch(/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})+$/);
      expect(wirePath('', whole)).toBe(whole);
    }),
    propertyRuns(),
  );
});
