import { describe, expect, test } from 'vitest';
import { decodeProperties, decodeValue, decodeYaml } from './decode-text.js';

const LATIN = Buffer.from('a: 1\nb\uFFFD: M', 'utf8');

describe('YAML', () => {
  test.each<[string, Uint8Array, object]>([
    ['UTF-8', Buffer.from('ü: €'), { ok: true, text: 'ü: €' }],
    ['UTF-8 with a mark', Buffer.from('\uFEFFü'), { ok: true, text: 'ü' }],
    ['UTF-16, little end first', Buffer.from('\uFEFFü', 'utf16le'), { ok: true, text: 'ü' }],
    ['UTF-16, big end first', Buffer.from('\uFEFFü', 'utf16le').swap16(), { ok: true, text: 'ü' }],
    ['half a character of UTF-16', Buffer.from([0xff, 0xfe, 0x61]), { ok: false, place: {} }],
    ['ISO-8859-1', Buffer.from('a: 1\nb: Mü', 'latin1'), { ok: false, place: { line: 2, column: 5 } }],
    [
      'the replacement character before the fault',
      Buffer.concat([LATIN, Buffer.from([0xfc])]),
      { ok: false, place: { line: 2, column: 6 } },
    ],
    ['a character that breaks off', Buffer.from([0x61, 0xe2, 0x82]), { ok: false, place: { line: 1, column: 2 } }],
  ])('%s', (_, bytes, expected) => {
    expect(decodeYaml(bytes)).toEqual(expected);
  });
});

test.each<[string, Uint8Array]>([
  ['UTF-8', Buffer.from('Mü')],
  ['ISO-8859-1', Buffer.from('Mü', 'latin1')],
])('properties in %s', (_, bytes) => {
  expect(decodeProperties(bytes)).toBe('Mü');
});

test('a secret that is not UTF-8 is refused', () => {
  expect(() => decodeValue(Buffer.from('Mü', 'latin1'))).toThrow(expect.objectContaining({ code: 'not_utf8' }));
  expect(decodeValue(Buffer.from('Mü'))).toBe('Mü');
});
