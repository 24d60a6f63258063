import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { createCipher } from './cipher.js';

/** Of facts, promregator 4; the others made by javax.crypto with the same algorithm. */
const KNOWN = 'd93dd725143e187804e4105a681706c1185c58f92086bf55aa830e61c0527060';

describe('a cipher', () => {
  test.each([
    ['the known answer', 'mySecretKey', undefined, KNOWN, 'mysecret'],
    ['in capitals', 'mySecretKey', 'DEADBEEF', KNOWN.toUpperCase(), 'mysecret'],
    [
      'javax.crypto, 8 letters',
      'päss wörd €',
      'deadbeef',
      '030a11181f262d343b424950575e656c9916ce5356796bc2a42e05e1e89aa4c6',
      'grüße 🙂',
    ],
    ['javax.crypto, 1 letters', 'k', '00ff10', '030a11181f262d343b424950575e656cf3025ba6d2f2dc5f9f051ce94b87f8d1', 'a'],
    [
      'javax.crypto, 16 letters',
      'mySecretKey',
      'deadbeef',
      '030a11181f262d343b424950575e656c5e33eb0ecdb9bf9eaaea254164b003a68ab70dfe4dcd59c70284687489ed5a74',
      '0123456789abcdef',
    ],
  ])('of Java: %s', (_, key, salt, hex, text) => {
    expect(createCipher(key, salt).decrypt(hex)).toEqual({ ok: true, text });
  });

  test.each([
    ['a wrong key', 'other', undefined, KNOWN, 'wrong_key'],
    ['a wrong salt', 'mySecretKey', '00', KNOWN, 'wrong_key'],
    ['no hex text', 'mySecretKey', undefined, 'mysecret', 'no_hex_text'],
    ['half a byte', 'mySecretKey', undefined, KNOWN.slice(1), 'no_hex_text'],
    ['nothing', 'mySecretKey', undefined, '', 'no_hex_text'],
    ['the IV alone', 'mySecretKey', undefined, KNOWN.slice(0, 32), 'wrong_length'],
    ['half a block', 'mySecretKey', undefined, KNOWN.slice(0, 48), 'wrong_length'],
  ])('tells %s', (_, key, salt, hex, fault) => {
    expect(createCipher(key, salt).decrypt(hex)).toEqual({ ok: false, fault });
  });

  test('gives back every text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' }), (key, text) => {
        const cipher = createCipher(key);
        expect(cipher.decrypt(cipher.encrypt(text))).toEqual({ ok: true, text });
      }),
      propertyRuns(50),
    );
  });

  test('encrypts one text differently each time', () => {
    const cipher = createCipher('k');
    expect(cipher.encrypt('a')).not.toBe(cipher.encrypt('a'));
  });

  test.each(['', 'abc', 'xy'])('refuses the salt %j', (salt) => {
    expect(() => createCipher('k', salt)).toThrow(TypeError);
  });
});
