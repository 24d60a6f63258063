import { CodedError } from '../../base/errors.js';
import { type BerValue, child, type ForgeModule, loadForge, parseBer } from './ber.js';
import {
  decrypt,
  macFits,
  NO_PASSWORD,
  type StorePassword,
  storePassword,
  UnsupportedCipher,
} from './pkcs12-cipher.js';

/** What a PKCS#12 store holds (RFC 7292), in its own order. */
export interface StoreContents {
  readonly keys: readonly StoredKey[];
  readonly certificates: readonly StoredCertificate[];
}

interface Labels {
  /** Java calls it alias. */
  readonly name: string | undefined;
  /** Joins a key with its certificate. */
  readonly localKeyId: string | undefined;
  /** By the attribute that Java gives to certificates that it is to trust. */
  readonly trusted: boolean;
}

export interface StoredKey extends Labels {
  /**
   * PKCS#8, DER, decrypted now: a key may have a password of its own, and who reads a trust store needs none.
   *
   * @param password undefined: that of the store
   * @throws {Pkcs12Error} `wrong_password` or `unsupported`
   */
  readonly decrypt: (password: string | undefined) => Buffer;
}

export interface StoredCertificate extends Labels {
  readonly der: Buffer;
}

export class Pkcs12Error extends CodedError<'malformed' | 'wrong_password' | 'unsupported'> {}

/**
 * @param password undefined for none; then a store counts unverified if nothing in it is encrypted, as it does for Java
 * @throws {Pkcs12Error}
 */
export async function readPkcs12(bytes: Uint8Array, password: string | undefined): Promise<StoreContents> {
  const forge = await loadForge();
  const { content, macData } = openStore(bytes, forge);
  const opened = passwordFor(content, macData, password);
  try {
    const bags = readContent(content, opened ?? NO_PASSWORD, forge);
    return { keys: bags.flatMap(({ keys }) => keys), certificates: bags.flatMap(({ certificates }) => certificates) };
  } catch (cause) {
    if (cause instanceof UnsupportedCipher) throw unsupported(cause);
    throw macData !== undefined && opened !== undefined ? malformed(cause) : wrongPassword(cause);
  }
}

interface OpenedStore {
  /** AuthenticatedSafe. */
  readonly content: Buffer;
  readonly macData: BerValue | undefined;
}

function openStore(bytes: Uint8Array, forge: ForgeModule): OpenedStore {
  try {
    const store = parseBer(bytes, forge);
    const authSafe = child(store, 1);
    if (child(authSafe, 0).text !== DATA) throw new Error('it is signed, not protected by a password');
    return { content: octets(child(child(authSafe, 1), 0)), macData: store.children[2] };
  } catch (cause) {
    throw malformed(cause);
  }
}

/** The password in the form that fits. Undefined when there is none and nobody can tell. */
function passwordFor(
  content: Buffer,
  macData: BerValue | undefined,
  text: string | undefined,
): StorePassword | undefined {
  const candidates =
    text === undefined || text === '' ? [storePassword(''), NO_PASSWORD] : ([storePassword(text)] as const);
  if (macData === undefined) return candidates[0];
  try {
    const fitting = candidates.find((candidate) => macFits(macData, content, candidate));
    if (fitting === undefined && text !== undefined) throw wrongPassword();
    return fitting;
  } catch (cause) {
    if (cause instanceof UnsupportedCipher) throw unsupported(cause);
    throw cause instanceof Pkcs12Error ? cause : malformed(cause);
  }
}

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';

function readContent(content: Buffer, password: StorePassword, forge: ForgeModule): readonly StoreContents[] {
  return parseBer(content, forge).children.flatMap((info) => {
    const kind = child(info, 0).text;
    if (kind === DATA) return readBags(octets(child(child(info, 1), 0)), password, forge);
    if (kind !== ENCRYPTED_DATA) throw new UnsupportedCipher(kind);
    const encrypted = child(child(child(info, 1), 0), 1);
    const plain = decrypt(child(encrypted, 1), child(encrypted, 2).bytes, password, forge);
    return readBags(plain, password, forge);
  });
}

const BAG = '1.2.840.113549.1.12.10.1.';
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';

function readBags(safeContents: Buffer, password: StorePassword, forge: ForgeModule): readonly StoreContents[] {
  return parseBer(safeContents, forge).children.flatMap((bag) => readBag(bag, password, forge));
}

/** Others than keys and certificates are left out: revocation lists, and secret keys, which Java stores too. */
function readBag(bag: BerValue, password: StorePassword, forge: ForgeModule): readonly StoreContents[] {
  const value = child(child(bag, 1), 0);
  const labels = readLabels(bag.children[2]);
  switch (child(bag, 0).text) {
    case `${BAG}1`:
      return [{ keys: [{ ...labels, decrypt: value.encode }], certificates: [] }];
    case `${BAG}2`: {
      const data = octets(child(value, 1));
      const decryptBy = (own: string | undefined): Buffer =>
        decryptKey(child(value, 0), data, own === undefined ? password : storePassword(own), forge);
      return [{ keys: [{ ...labels, decrypt: decryptBy }], certificates: [] }];
    }
    case `${BAG}3`: {
      if (child(value, 0).text !== X509_CERTIFICATE) return [];
      return [{ keys: [], certificates: [{ ...labels, der: octets(child(child(value, 1), 0)) }] }];
    }
    case `${BAG}6`:
      return value.children.flatMap((inner) => readBag(inner, password, forge));
    default:
      return [];
  }
}

function decryptKey(algorithm: BerValue, data: Buffer, password: StorePassword, forge: ForgeModule): Buffer {
  try {
    return decrypt(algorithm, data, password, forge);
  } catch (cause) {
    throw cause instanceof UnsupportedCipher ? unsupported(cause) : wrongPassword(cause);
  }
}

const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';
const TRUSTED_KEY_USAGE = '2.16.840.1.113894.746875.1.1';

function readLabels(attributes: BerValue | undefined): Labels {
  const values = new Map(attributes?.children.map((each) => [child(each, 0).text, child(each, 1).children[0]]));
  return {
    name: values.get(FRIENDLY_NAME)?.text,
    localKeyId: values.get(LOCAL_KEY_ID)?.bytes.toString('hex'),
    trusted: values.has(TRUSTED_KEY_USAGE),
  };
}

function octets(value: BerValue): Buffer {
  if (value.tag !== 'octets') throw new Error('a part of the store is of the wrong type');
  return value.bytes;
}

function malformed(cause: unknown): Pkcs12Error {
  return new Pkcs12Error('malformed', 'no PKCS#12 store', { cause });
}

function wrongPassword(cause?: unknown): Pkcs12Error {
  return new Pkcs12Error('wrong_password', 'the password does not open the store', { cause });
}

function unsupported(cause: UnsupportedCipher): Pkcs12Error {
  return new Pkcs12Error('unsupported', `the store uses ${cause.message}, which is not known here`, { cause });
}
