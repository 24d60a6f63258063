import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/** What Node says of its authorities. */
export interface NodeAuthorities {
  /** Those that come with Node itself. */
  readonly rootCertificates: readonly string[];
  /** Node 22.15 and later: what counts by default, `NODE_EXTRA_CA_CERTS` and `--use-system-ca` included. */
  readonly getCACertificates?: (kind: 'default') => readonly string[];
}

/**
 * PEM texts of the authorities that count when nobody names any. Node drops them all as soon as one is named, also those
 * of `NODE_EXTRA_CA_CERTS`, so they have to be named along.
 */
export function systemAuthorities(
  node: NodeAuthorities = tls,
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  if (node.getCACertificates !== undefined) return node.getCACertificates('default');
  return [...node.rootCertificates, ...extraAuthorities(env['NODE_EXTRA_CA_CERTS'])];
}

/** Node warns of a file that it cannot read, and goes on without: so do we, in silence. */
function extraAuthorities(file: string | undefined): readonly string[] {
  if (file === undefined || file === '') return [];
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return [];
  }
}
