import { expect, test } from 'vitest';
import { parseConnectTo } from './connect-to.js';

test.each([
  ['a.example.org -> b', { hostPattern: 'a.example.org', port: undefined, address: 'b', toPort: undefined }],
  ['*.Example.org:443->10.0.0.1:8443', { hostPattern: '*.example.org', port: 443, address: '10.0.0.1', toPort: 8443 }],
  ['* → [::1]:80', { hostPattern: '*', port: undefined, address: '::1', toPort: 80 }],
  ['[fd00::1]:443 -> localhost', { hostPattern: 'fd00::1', port: 443, address: 'localhost', toPort: undefined }],
])('%s', (text, entry) => {
  expect(parseConnectTo(text)).toEqual({ ok: true, entry });
});

test.each([
  ['', 'one arrow'],
  ['a', 'one arrow'],
  ['a -> b -> c', 'one arrow'],
  [' -> b', 'before the arrow'],
  ['a:0 -> b', 'before the arrow'],
  ['a*b -> b', 'before the arrow'],
  ['https://a -> b', 'before the arrow'],
  ['::1 -> b', 'before the arrow'],
  ['[a] -> b', 'before the arrow'],
  ['a -> ', 'behind the arrow'],
  ['a -> *', 'behind the arrow'],
  ['a -> ::1', 'behind the arrow'],
  ['a -> b:65536', 'behind the arrow'],
])('%j is refused', (text, reason) => {
  expect(parseConnectTo(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
});
