import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { createCipher } from './cipher.js';

const cipher = createCipher('a pass phrase');

test('any text is decrypted or refused for a reason', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), maxLength: 200 });
  const whole = fc
    .uint8Array({ minLength: 2, maxLength: 5 })
    .map((bytes) => Buffer.alloc(bytes.length * 16, bytes).toString('hex'));
  fc.assert(
    fc.property(fc.oneof(hex, whole, anyText()), (text) => {
      const decrypted = cipher.decrypt(text);
      if (decrypted.ok) expect(decrypted.text).not.toMatch(/\p{Cs}/u);
      else if (!/^(?:[0-9a-f]{2})+$/i.test(text)) expect(decrypted.fault).toBe('no_hex_text');
      else expect(decrypted.fault).toBe(text.length < 64 || text.length % 32 !== 0 ? 'wrong_length' : 'wrong_key');
    }),
    propertyRuns(200),
  );
});

test('what was encrypted is decrypted by its own key alone, in either case of its digits', () => {
  const other = createCipher('another one');
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('\ufeff', 'a', 'ä', '😀', '\u0000', ' ') }), (text) => {
      const hex = cipher.encrypt(text);
      expect(cipher.decrypt(hex.toUpperCase())).toEqual({ ok: true, text });
      expect(other.decrypt(hex)).not.toEqual({ ok: true, text });
      expect(cipher.decrypt(hex.slice(0, -2)).ok).toBe(false);
    }),
    propertyRuns(200),
  );
});
