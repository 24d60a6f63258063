import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM of a certificate and of its key. */
export interface Identity {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

export interface IdentityFiles {
  readonly cert_file: string;
  readonly key_file: string;
}

export const STORE_PASSWORD = 'hidden-store-4711';

/** Writes `<name>.crt` and `<name>.key`. Gives them as `tls_config` names them. */
export function writeIdentity(folder: string, name: string, { cert, key }: Identity): IdentityFiles {
  const files = { cert_file: join(folder, `${name}.crt`), key_file: join(folder, `${name}.key`) };
  writeFileSync(files.cert_file, cert);
  writeFileSync(files.key_file, key);
  return files;
}

/** The same with a password on the key, as OpenSSL 3 encrypts it. */
export function encryptKey(folder: string, name: string, { key }: Identity): string {
  writeFileSync(join(folder, `${name}.plain`), key);
  openssl(folder, ['pkey', '-in', `${name}.plain`, '-aes256', '-passout', `pass:${STORE_PASSWORD}`, '-out', name]);
  return join(folder, name);
}

/** A PKCS#12 store with certificate and key. */
export function writeKeyStore(folder: string, name: string, identity: Identity): string {
  const { cert_file, key_file } = writeIdentity(folder, name, identity);
  const out = ['-passout', `pass:${STORE_PASSWORD}`, '-out', name];
  openssl(folder, ['pkcs12', '-export', '-in', cert_file, '-inkey', key_file, ...out]);
  return join(folder, name);
}

/** A PKCS#12 store with nothing but a certificate to trust. */
export function writeTrustStore(folder: string, name: string, authority: string | Buffer): string {
  writeFileSync(join(folder, `${name}.pem`), authority);
  const out = ['-passout', `pass:${STORE_PASSWORD}`, '-out', name];
  openssl(folder, ['pkcs12', '-export', '-nokeys', '-in', `${name}.pem`, ...out]);
  return join(folder, name);
}

function openssl(folder: string, args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}
