import type { TlsIdentity } from '../config.js';
import type { Path } from '../path.js';
import type { MaterialContext, MaterialPassword } from './material.js';

/** A store of Java's, PKCS#12 whatever its name ends in. */
export interface StoreSource {
  /** Of the option that names the file. */
  readonly path: Path;
  readonly file: string;
  readonly password: MaterialPassword;
}

export interface KeyStoreSource extends StoreSource {
  /** Which key, if there are several; absent: the first. */
  readonly alias?: { readonly path: Path; readonly name: string | undefined } | undefined;
}

/** The key of a store and its certificates, leaf first. Undefined when something is wrong, which is reported then. */
export async function readKeyStore(
  _source: KeyStoreSource,
  _context: MaterialContext,
): Promise<TlsIdentity | undefined> {
  throw new Error('being written');
}

/** PEM texts of the certificates that a store trusts. Empty when it cannot be read, which is reported then. */
export async function readTrustStore(_source: StoreSource, _context: MaterialContext): Promise<readonly string[]> {
  throw new Error('being written');
}
