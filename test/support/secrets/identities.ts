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
  marks.adopt(`key ${name}`, key, [base64Of(key).slice(...PRIVATE_NUMBER)]);
  // Its head says by which method it is encrypted.
  marks.adopt(`encrypted key ${name}`, encryptedKey, [base64Of(encryptedKey).slice(160)]);
  const files = { store: at('p12'), trustStore: at('trust') };
  return { cert, key, encryptedKey, password, storePassword, trustPassword, ...files };
}

/** Where a P-256 key in PKCS#8 has its number; behind it stands the public point, which the certificate holds too. */
const PRIVATE_NUMBER = [50, 88] as const;

function base64Of(pem: string): string {
  return pem
    .split('\n')
    .filter((line) => !line.startsWith('-----'))
    .join('');
}
