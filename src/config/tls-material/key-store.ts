import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../config.js';
import { formatPath, type Path } from '../path.js';
import { quote } from '../report.js';
import { type Handshake, isAccepted } from './accepted.js';
import { type ReadCertificate, warnOfDates } from './certificates.js';
import { identityOf } from './identity.js';
import { type MaterialContext, type MaterialPassword, readMaterial } from './material.js';
import { toPem } from './pem.js';
import { Pkcs12Error, readPkcs12, type StoreContents, type StoredKey } from './pkcs12.js';
import { foreignStoreProblem } from './store-format.js';

/** A store of Java's, PKCS#12 whatever its name ends in. */
export interface StoreSource {
  /** Of the option that names the file. */
  readonly path: Path;
  readonly file: string;
  readonly password: MaterialPassword;
}

export interface KeyStoreSource extends StoreSource {
  /** Which key, if there are several; without a name the first, as Java takes it. */
  readonly alias?: { readonly path: Path; readonly name: string | undefined } | undefined;
  /** Of the key, where it is not that of the store; keytool makes no such stores, programs do. */
  readonly keyPassword?: MaterialPassword | undefined;
  /** Of the connections that it is for. */
  readonly handshake?: Handshake | undefined;
}

/** The key of a store and its certificates, leaf first. Undefined when something is wrong, which is reported then. */
export async function readKeyStore(source: KeyStoreSource, context: MaterialContext): Promise<TlsIdentity | undefined> {
  const contents = await readStore(source, context);
  const stored = contents === undefined ? undefined : chooseKey(contents, source, context);
  if (contents === undefined || stored === undefined) return undefined;
  const key = readKey(stored, source, context);
  if (key === undefined) return undefined;
  const chain = chainOf(stored, key, contents);
  if (chain.length === 0) {
    const found = `${quote(source.file)}, whose key ${quote(stored.name ?? '')} has no certificate`;
    context.reporter.error(source.path, { found, expected: 'a key with its certificate' });
    return undefined;
  }
  warnOfDates(chain, source, context);
  const identity = identityOf(
    chain.map(({ text }) => text),
    key,
  );
  return isAccepted(identity, source.path, source.handshake ?? {}, context) ? identity : undefined;
}

/**
 * PEM texts of the certificates that a store trusts; without password too, if nothing in it is encrypted. Empty when it
 * cannot be read, or has none, which is reported then.
 *
 * As for Java these are the certificates that it has marked so, and those of keys, without what signed them. Where none
 * is marked another program made the store, and Java would trust nothing: there all count.
 */
export async function readTrustStore(source: StoreSource, context: MaterialContext): Promise<readonly string[]> {
  const contents = await readStore(source, context);
  if (contents === undefined) return [];
  const { certificates } = contents;
  const marked = certificates.some(({ trusted }) => trusted);
  const ofKeys = new Set(contents.keys.flatMap(({ localKeyId }) => localKeyId ?? []));
  const trusted = certificates.filter(
    (each) => !marked || each.trusted || (each.localKeyId !== undefined && ofKeys.has(each.localKeyId)),
  );
  const parsed = trusted.flatMap(({ der }) => tryCertificate(der));
  if (parsed.length === 0) {
    const found = `${quote(source.file)} without a certificate that can be parsed`;
    context.reporter.error(source.path, { found, expected: 'a store of certificates to trust' });
  }
  warnOfDates(parsed, source, context);
  return parsed.map(({ text }) => text);
}

async function readStore(source: StoreSource, context: MaterialContext): Promise<StoreContents | undefined> {
  const bytes = await readMaterial(source, context);
  if (bytes === undefined) return undefined;
  const foreign = foreignStoreProblem(bytes, source.file);
  if (foreign !== undefined) {
    context.reporter.error(source.path, foreign);
    return undefined;
  }
  try {
    return await readPkcs12(bytes, source.password.secret?.reveal());
  } catch (error) {
    if (!(error instanceof Pkcs12Error)) throw error;
    reportStore(error, source, context);
    return undefined;
  }
}

function reportStore(error: Pkcs12Error, source: StoreSource, { reporter }: MaterialContext): void {
  const { path, secret } = source.password;
  if (error.code === 'wrong_password' && secret === undefined) {
    reporter.missing(path, { expected: `the password of the store ${quote(source.file)}` });
  } else if (error.code === 'wrong_password') {
    const found = `a password that does not open ${quote(source.file)}`;
    reporter.error(path, { found, expected: 'the password of the store' });
  } else if (error.code === 'unsupported') {
    const found = `${quote(source.file)}: ${error.message}`;
    reporter.error(source.path, { found, expected: 'a PKCS#12 store as keytool or openssl writes it' });
  } else {
    const found = `${quote(source.file)}, which is no PKCS#12 store or a broken one`;
    reporter.error(source.path, { found, expected: 'a PKCS#12 store' });
  }
}

function chooseKey(
  { keys }: StoreContents,
  source: KeyStoreSource,
  { reporter }: MaterialContext,
): StoredKey | undefined {
  const [first] = keys;
  if (first === undefined) {
    const expected = 'a store with a private key and its certificate';
    reporter.error(source.path, { found: `${quote(source.file)} without a key`, expected });
    return undefined;
  }
  const alias = source.alias;
  if (alias?.name === undefined) return first;
  const wanted = alias.name.toLowerCase(); // as Java compares them
  const chosen = keys.find(({ name }) => name?.toLowerCase() === wanted);
  if (chosen === undefined) {
    const present = keys.flatMap(({ name }) => (name === undefined ? [] : quote(name))).join(', ');
    const expected = present === '' ? `no alias, since ${formatPath(source.path)} has none` : `one of ${present}`;
    reporter.error(alias.path, { found: quote(alias.name), expected });
  }
  return chosen;
}

/** The certificate of the key, and behind it each one's issuer, as far as the store has them. */
function chainOf(stored: StoredKey, key: KeyObject, { certificates }: StoreContents): readonly ReadCertificate[] {
  const all = certificates.flatMap(({ der, localKeyId }) =>
    tryCertificate(der).map((certificate) => ({ ...certificate, localKeyId })),
  );
  const fitting = all.filter(({ parsed }) => parsed.checkPrivateKey(key));
  // A renewed certificate may have the key of the old one.
  const leaf = fitting.find(({ localKeyId }) => localKeyId === stored.localKeyId) ?? fitting[0];
  const chain: ReadCertificate[] = [];
  let next: ReadCertificate | undefined = leaf;
  while (next !== undefined && !chain.some(({ text }) => text === next?.text)) {
    const current: X509Certificate = next.parsed;
    chain.push(next);
    next = all.find(({ parsed }) => current.checkIssued(parsed) && current.verify(parsed.publicKey));
  }
  return chain;
}

/** An own password that does not fit may be there for nothing: then that of the store opens the key, as Java has it. */
function readKey(stored: StoredKey, source: KeyStoreSource, context: MaterialContext): KeyObject | undefined {
  const own = source.keyPassword?.secret?.reveal();
  try {
    const pkcs8 = own === undefined ? stored.decrypt(undefined) : decryptByEither(stored, own);
    return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  } catch (error) {
    if (error instanceof Pkcs12Error) {
      reportKey(error, source, context);
    } else {
      const found = `${quote(source.file)}, whose key ${quote(stored.name ?? '')} cannot be parsed`;
      context.reporter.error(source.path, { found, expected: 'an RSA or EC key' });
    }
    return undefined;
  }
}

function decryptByEither(stored: StoredKey, own: string): Buffer {
  try {
    return stored.decrypt(own);
  } catch (error) {
    if (error instanceof Pkcs12Error && error.code === 'wrong_password') return stored.decrypt(undefined);
    throw error;
  }
}

function reportKey(error: Pkcs12Error, source: KeyStoreSource, context: MaterialContext): void {
  const { keyPassword } = source;
  if (error.code !== 'wrong_password' || keyPassword === undefined) reportStore(error, source, context);
  else if (keyPassword.secret === undefined) {
    context.reporter.missing(keyPassword.path, { expected: `the password of the key in ${quote(source.file)}` });
  } else {
    const found = `a password that does not open the key in ${quote(source.file)}`;
    context.reporter.error(keyPassword.path, { found, expected: 'the password of the key' });
  }
}

function tryCertificate(der: Buffer): readonly ReadCertificate[] {
  try {
    return [{ parsed: new X509Certificate(der), text: toPem('CERTIFICATE', der) }];
  } catch {
    return []; // a trust store of hundreds may hold one that OpenSSL does not take
  }
}
