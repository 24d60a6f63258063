import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { type BerValue, child, type ForgeModule, wholeNumber } from './ber.js';

// The ciphers of PKCS#12 stores (RFC 7292 with appendix B and C, RFC 8018): those that keytool of Java 8 to 16 writes
// (3DES and RC2 with 40 bits), of Java 17 and later (PBES2 with AES), and OpenSSL's.

export class UnsupportedCipher extends Error {}

/** A password in the two forms that PKCS#12 derives keys from. */
export interface StorePassword {
  readonly utf8: Buffer;
  /** UTF-16, with two zero bytes at the end; quite empty for "no password", which some write in place of an empty one. */
  readonly bmp: Buffer;
}

export function storePassword(text: string): StorePassword {
  return { utf8: Buffer.from(text, 'utf8'), bmp: Buffer.from(`${text}\0`, 'utf16le').swap16() };
}

export const NO_PASSWORD: StorePassword = { utf8: Buffer.alloc(0), bmp: Buffer.alloc(0) };

const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
]);

/** Whether the store's MacData fits its content, which it does under the right password only. */
export function macFits(macData: BerValue, content: Buffer, password: StorePassword): boolean {
  const digestInfo = child(macData, 0);
  const hash = known(DIGESTS, child(child(digestInfo, 0), 0).text);
  const expected = child(digestInfo, 1).bytes;
  const iterations = macData.children[2] === undefined ? 1 : roundsOf(macData.children[2]);
  const salt = child(macData, 1).bytes;
  const key = derive({ password, salt, iterations, hash, purpose: MAC_KEY, length: expected.length });
  const actual = createHmac(hash, key).update(content).digest();
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

interface Pkcs12Scheme {
  readonly cipher: string;
  readonly keyLength: number;
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';

const PKCS12_SCHEMES: ReadonlyMap<string, Pkcs12Scheme> = new Map([
  ['1.2.840.113549.1.12.1.3', { cipher: 'des-ede3-cbc', keyLength: 24 }],
  ['1.2.840.113549.1.12.1.4', { cipher: 'des-ede-cbc', keyLength: 16 }],
  ['1.2.840.113549.1.12.1.5', { cipher: 'rc2', keyLength: 16 }],
  ['1.2.840.113549.1.12.1.6', { cipher: 'rc2', keyLength: 5 }],
]);

const PBES2_CIPHERS: ReadonlyMap<string, Pkcs12Scheme> = new Map([
  ['2.16.840.1.101.3.4.1.2', { cipher: 'aes-128-cbc', keyLength: 16 }],
  ['2.16.840.1.101.3.4.1.22', { cipher: 'aes-192-cbc', keyLength: 24 }],
  ['2.16.840.1.101.3.4.1.42', { cipher: 'aes-256-cbc', keyLength: 32 }],
  ['1.2.840.113549.3.7', { cipher: 'des-ede3-cbc', keyLength: 24 }],
]);

const PBKDF2_HASHES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
]);

/**
 * @param algorithm an AlgorithmIdentifier
 * @throws {UnsupportedCipher} for one that is in neither table
 * @throws {Error} under a wrong password, nearly always: what comes out must still be parsed
 */
export function decrypt(algorithm: BerValue, data: Buffer, password: StorePassword, forge: ForgeModule): Buffer {
  const oid = child(algorithm, 0).text;
  const parameters = child(algorithm, 1);
  return oid === PBES2
    ? decryptPbes2(parameters, data, password)
    : decryptPkcs12(known(PKCS12_SCHEMES, oid), { parameters, data, password, forge });
}

function decryptPbes2(parameters: BerValue, data: Buffer, password: StorePassword): Buffer {
  const kdf = child(parameters, 0);
  if (child(kdf, 0).text !== PBKDF2) throw new UnsupportedCipher(child(kdf, 0).text);
  const [salt, iterations, ...rest] = child(kdf, 1).children;
  if (salt === undefined || iterations === undefined) throw new Error('a part of the store is missing');
  const encryption = child(parameters, 1);
  const { cipher, keyLength } = known(PBES2_CIPHERS, child(encryption, 0).text);
  const prf = rest.find((each) => each.children.length > 0);
  const hash = prf === undefined ? 'sha1' : known(PBKDF2_HASHES, child(prf, 0).text);
  const key = pbkdf2Sync(password.utf8, salt.bytes, roundsOf(iterations), keyLength, hash);
  const decipher = createDecipheriv(cipher, key, child(encryption, 1).bytes);
  return Buffer.concat([decipher.update(data), decipher.final()]);
}

interface Encrypted {
  readonly parameters: BerValue;
  readonly data: Buffer;
  readonly password: StorePassword;
  readonly forge: ForgeModule;
}

function decryptPkcs12({ cipher, keyLength }: Pkcs12Scheme, encrypted: Encrypted): Buffer {
  const { parameters, data, password } = encrypted;
  const common = {
    password,
    salt: child(parameters, 0).bytes,
    iterations: roundsOf(child(parameters, 1)),
    hash: 'sha1',
  };
  const key = derive({ ...common, purpose: CIPHER_KEY, length: keyLength });
  const iv = derive({ ...common, purpose: CIPHER_IV, length: 8 });
  if (cipher === 'rc2') return decryptRc2(data, key, iv, encrypted.forge);
  const decipher = createDecipheriv(cipher, key, iv);
  return Buffer.concat([decipher.update(data), decipher.final()]);
}

/** OpenSSL 3, and so Node, has RC2 only where old ciphers are switched on. */
function decryptRc2(data: Buffer, key: Buffer, iv: Buffer, { rc2, util }: ForgeModule): Buffer {
  const decipher = rc2.createDecryptionCipher(key.toString('latin1'), key.length * 8);
  decipher.start(iv.toString('latin1'));
  decipher.update(util.createBuffer(data.toString('latin1')));
  if (!decipher.finish()) throw new Error('the padding is wrong');
  return Buffer.from(decipher.output.getBytes(), 'latin1');
}

const CIPHER_KEY = 1;
const CIPHER_IV = 2;
const MAC_KEY = 3;

interface Derivation {
  readonly password: StorePassword;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly hash: string;
  readonly purpose: 1 | 2 | 3;
  readonly length: number;
}

/** RFC 7292, appendix B.2, in its letters. */
function derive({ password, salt, iterations, hash, purpose, length }: Derivation): Buffer {
  const v = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const diversifier = Buffer.alloc(v, purpose);
  const i = Buffer.concat([fill(salt, v), fill(password.bmp, v)]);
  const pieces: Buffer[] = [];
  for (let made = 0; made < length; ) {
    let a = Buffer.concat([diversifier, i]);
    for (let round = 0; round < iterations; round += 1) a = createHash(hash).update(a).digest();
    pieces.push(a);
    made += a.length;
    const b = Buffer.alloc(v, a);
    for (let at = 0; at < i.length; at += v) addOneAnd(b, i.subarray(at, at + v));
  }
  return Buffer.concat(pieces).subarray(0, length);
}

/** Repeated up to the next multiple of `block`. */
function fill(bytes: Buffer, block: number): Buffer {
  return bytes.length === 0 ? bytes : Buffer.alloc(block * Math.ceil(bytes.length / block), bytes);
}

/** `into` becomes `into + addend + 1`, as whole numbers; what overflows is dropped. */
function addOneAnd(addend: Buffer, into: Buffer): void {
  let carry = 1;
  for (let at = into.length - 1; at >= 0; at -= 1) {
    carry += (into[at] ?? 0) + (addend[at] ?? 0);
    into[at] = carry & 0xff;
    carry >>= 8;
  }
}

/** Java's own limit (PKCS12KeyStore): a damaged number must not keep us busy for hours. */
const MOST_ROUNDS = 5_000_000;

function roundsOf(value: BerValue): number {
  const rounds = wholeNumber(value);
  if (rounds > MOST_ROUNDS) throw new UnsupportedCipher(`more than ${MOST_ROUNDS} rounds of key derivation`);
  return rounds;
}

function known<T>(table: ReadonlyMap<string, T>, oid: string): T {
  const found = table.get(oid);
  if (found === undefined) throw new UnsupportedCipher(oid);
  return found;
}
