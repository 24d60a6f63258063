import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate authority of a test's own, made by the `openssl` program in a temporary folder. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  issue(wanted: WantedCertificate): KeyPair;
}

export interface WantedCertificate {
  /** As OpenSSL writes them: `DNS:orders.example.org`, `IP:127.0.0.1`. */
  readonly names: readonly string[];
  /** Negative for one that has expired already. */
  readonly days?: number;
}

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export function makeAuthority(commonName = 'Test Authority'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'promregator-test-ca-'));
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '2',
      '-subj',
      `/CN=${commonName}`,
    );
    const caKey = readFileSync(path('ca.key'), 'utf8');
    const certificate = readFileSync(path('ca.crt'), 'utf8');
    return { certificate, issue: (wanted) => issue({ caKey, caCertificate: certificate }, wanted) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function issue(
  { caKey, caCertificate }: { readonly caKey: string; readonly caCertificate: string },
  { names, days = 2 }: WantedCertificate,
): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), 'promregator-test-cert-'));
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  try {
    writeFileSync(join(folder, 'ca.key'), caKey);
    writeFileSync(join(folder, 'ca.crt'), caCertificate);
    writeFileSync(join(folder, 'ext'), `subjectAltName=${names.join(',')}\n`);
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', ...newKey, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf');
    const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days), '-extfile', 'ext'];
    openssl('x509', '-req', '-in', 'leaf.csr', ...by, '-out', 'leaf.crt');
    return {
      key: readFileSync(join(folder, 'leaf.key'), 'utf8'),
      cert: readFileSync(join(folder, 'leaf.crt'), 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
