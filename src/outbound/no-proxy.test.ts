import { expect, test } from 'vitest';
import { createNoProxy } from './no-proxy.js';

/** Hosts as `host:port`, the last colon being that of the port. */
test.each<readonly [string, string, boolean]>([
  // Nothing excepted.
  ['', 'example.org:443', false],
  [',, ,', 'example.org:443', false],
  // Everything.
  ['*', 'example.org:443', true],
  ['a.test, *', '10.1.2.3:80', true],
  // A domain and all below it.
  ['example.org', 'example.org:443', true],
  ['example.org', 'api.example.org:443', true],
  ['example.org', 'a.b.example.org:443', true],
  ['example.org', 'badexample.org:443', false],
  ['example.org', 'example.org.evil.test:443', false],
  ['EXAMPLE.org', 'Api.Example.ORG:443', true],
  ['example.org', 'api.example.org.:443', true],
  ['org', 'example.org:443', true],
  // Only below it.
  ['.example.org', 'api.example.org:443', true],
  ['.example.org', 'example.org:443', false],
  ['*.example.org', 'api.example.org:443', true],
  ['*.example.org', 'a.b.example.org:443', true],
  ['*.example.org', 'example.org:443', false],
  ['*.example.org', 'badexample.org:443', false],
  // Ports.
  ['example.org:8080', 'example.org:8080', true],
  ['example.org:8080', 'api.example.org:8080', true],
  ['example.org:8080', 'example.org:443', false],
  ['.example.org:8080', 'api.example.org:80', false],
  ['10.1.2.3:8080', '10.1.2.3:8080', true],
  ['10.1.2.3:8080', '10.1.2.3:80', false],
  ['[2001:db8::1]:8080', '2001:db8::1:8080', true],
  ['[2001:db8::1]:8080', '2001:db8::1:80', false],
  ['*:8080', 'example.org:8080', true],
  ['*:8080', 'example.org:443', false],
  // Addresses, in whatever spelling, and no part of one.
  ['10.1.2.3', '10.1.2.3:80', true],
  ['10.1.2.3', '10.1.2.33:80', false],
  ['0.1.2.3', '10.0.1.2.3:80', false],
  ['2001:db8::1', '2001:db8:0:0::1:443', true],
  ['[2001:db8::1]', '2001:DB8::1:443', true],
  ['2001:db8::1', '2001:db8::2:443', false],
  // Networks, for addresses only.
  ['10.0.0.0/8', '10.255.1.2:80', true],
  ['10.0.0.0/8', '11.0.0.1:80', false],
  ['10.1.2.3/32', '10.1.2.3:80', true],
  ['0.0.0.0/0', '203.0.113.9:80', true],
  ['2001:db8::/32', '2001:db8:1::9:443', true],
  ['2001:db8::/32', '2001:db9::9:443', false],
  ['10.0.0.0/8', 'ten.example.org:80', false],
  ['10.0.0.0/33', '10.1.2.3:80', false],
  // Never asked of a proxy.
  ['', 'localhost:80', true],
  ['', 'LOCALHOST.:80', true],
  ['', 'app.localhost:80', true],
  ['', '127.0.0.1:80', true],
  ['', '127.9.9.9:80', true],
  ['', '::1:80', true],
  ['', 'notlocalhost:80', false],
  ['', '128.0.0.1:80', false],
  // Java's patterns.
  ['=example.org', 'example.org:80', true],
  ['=example.org', 'api.example.org:80', false],
  ['10.*', '10.1.2.3:80', true],
  ['10.*', '110.1.2.3:80', false],
  ['*-internal.example.org', 'api-internal.example.org:80', true],
  ['*-internal.example.org', 'internal.example.org:80', false],
  ['api*.example.org', 'api2.eu.example.org:80', true],
  ['a.*', 'abc:80', false],
  // Lists.
  ['a.test,b.test c.test', 'x.b.test:80', true],
  ['a.test,b.test c.test', 'c.test:80', true],
  ['a.test,b.test c.test', 'd.test:80', false],
])('%j excepts %s: %s', (entry, destination, expected) => {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(destination) ?? [];
  expect(createNoProxy([entry])(host, Number(port))).toBe(expected);
});

test('all entries count', () => {
  const direct = createNoProxy(['a.test', 'b.test:80,10.0.0.0/8']);
  expect(['a.test', 'b.test', 'c.test', '10.1.1.1'].map((host) => direct(host, 80))).toEqual([true, true, false, true]);
});
