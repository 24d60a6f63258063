import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';

/** What marks a value as encrypted, as Spring Cloud has it. */
export const CIPHER_PREFIX = '{cipher}';

/** `deadbeef`: what Spring Cloud salts with unless `encrypt.salt` says otherwise. */
export const DEFAULT_SALT = 'deadbeef';

// Spring Security's Encryptors.text: hex of the IV and of AES-256-CBC with PKCS#5 padding; the key is PBKDF2-HMAC-SHA1
// of the pass phrase (facts, promregator 4).
const ALGORITHM = 'aes-256-cbc';
const BLOCK_BYTES = 16;
const KEY_BYTES = 32;
const ROUNDS = 1024;

/** Encrypts and decrypts what stands behind `{cipher}`. */
export interface Cipher {
  /** Hex text, another one each time. */
  encrypt(text: string): string;
  decrypt(hex: string): Decrypted;
}

export type Decrypted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: CipherFault };

export type CipherFault = 'no_hex_text' | 'wrong_length' | 'wrong_key';

/** Derives its key once, when it is first used. `salt` is hex text of whole bytes; a TypeError when it is not. */
export function createCipher(passPhrase: string, salt: string = DEFAULT_SALT): Cipher {
  if (!isHex(salt)) throw new TypeError('a salt is hex text of whole bytes');
  let derived: Buffer | undefined;
  const key = (): Buffer => {
    derived ??= pbkdf2Sync(passPhrase, Buffer.from(salt, 'hex'), ROUNDS, KEY_BYTES, 'sha1');
    return derived;
  };
  return {
    encrypt(text) {
      const iv = randomBytes(BLOCK_BYTES);
      const encoder = createCipheriv(ALGORITHM, key(), iv);
      return Buffer.concat([iv, encoder.update(text, 'utf8'), encoder.final()]).toString('hex');
    },
    decrypt(hex) {
      if (!isHex(hex)) return { ok: false, fault: 'no_hex_text' };
      const bytes = Buffer.from(hex, 'hex');
      // At least one block behind the IV: even an empty text is padded to one.
      if (bytes.length < 2 * BLOCK_BYTES || bytes.length % BLOCK_BYTES !== 0)
        return { ok: false, fault: 'wrong_length' };
      return decryptBytes(bytes, key());
    },
  };
}

/** Hex text of at least one whole byte. */
export function isHex(text: string): boolean {
  return /^(?:[0-9a-f]{2})+$/i.test(text);
}

/** One wrong key in 256 leaves a padding that looks right; what comes out then is hardly ever a text. */
function decryptBytes(bytes: Buffer, key: Buffer): Decrypted {
  try {
    const decoder = createDecipheriv(ALGORITHM, key, bytes.subarray(0, BLOCK_BYTES));
    const plain = Buffer.concat([decoder.update(bytes.subarray(BLOCK_BYTES)), decoder.final()]);
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain) };
  } catch {
    // Padding or text do not fit; the library's own words say no more.
    return { ok: false, fault: 'wrong_key' };
  }
}
