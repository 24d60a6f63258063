import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAuthority } from '../outbound/certificates.js';
import type { Marks } from './marks.js';

/** A certificate whose key is marked, in the forms that options take it. */
export interface MarkedIdentity {
  readonly cert: string;
  /** PEM, not encrypted. */
  readonly key: string;
  /** PEM, encrypted by `password`. */
  readonly encryptedKey: string;
  readonly password: string;
  /** File of a PKCS#12 store with both, by `storePassword`. */
  readonly store: string;
  readonly storePassword: string;
  /** File of a PKCS#12 store with the authority alone, by `trustPassword`. */
  readonly trustStore: string;
  readonly trustPassword: string;
}

export function markedIdentity(folder: string, name: string, marks: Marks): MarkedIdentity {
  const authority = makeAuthority(name);
  const { cert, key } = authority.issue({ names: ['IP:127.0.0.1', 'DNS:localhost'] });
  const at = (suffix: string): string => join(folder, `${name}.${suffix}`);
  const openssl = (...args: readonly string[]): Buffer => {
    return execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  };
  const password = marks.make(`password of the key ${name}`, `"'&<@/`);
  const storePassword = marks.make(`password of the store ${name}`);
  const trustPassword = marks.make(`password of the trust store ${name}`);
  writeFileSync(at('crt'), cert);
  writeFileSync(at('key'), key);
  writeFileSync(at('ca'), authority.certificate);
  const encryptedKey = openssl('pkcs8', '-topk8', '-in', at('key'), '-passout', `pass:${password}`).toString();
  openssl(
    'pkcs12',
    '-export',
    '-in',
    at('crt'),
    '-inkey',
    at('key'),
    '-out',
    at('p12'),
    '-passout',
    `pass:${storePassword}`,
  );
  openssl('pkcs12', '-export', '-nokeys', '-in', at('ca'), '-out', at('trust'), '-passout', `pass:${trustPassword}`);
  adoptKey(marks, `key ${name}`, key);
  adoptKey(marks, `encrypted key ${name}`, encryptedKey);
  const files = { store: at('p12'), trustStore: at('trust') };
  return { cert, key, encryptedKey, password, storePassword, trustPassword, ...files };
}

/** The first line says what kind of key it is; the others nobody knows. */
function adoptKey(marks: Marks, name: string, pem: string): void {
  marks.adopt(name, pem, pem.split('\n').slice(2, -2));
}
