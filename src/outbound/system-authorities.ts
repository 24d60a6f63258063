import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/** Of Node 22.15 and later: what counts by default, with `NODE_EXTRA_CA_CERTS` and `--use-system-ca`. */
interface WithDefaultAuthorities {
  getCACertificates(kind: 'default'): readonly string[];
}

/**
 * PEM texts of the authorities that count when nobody names any. Node drops them all as soon as one is named, also those
 * of `NODE_EXTRA_CA_CERTS`, so they have to be named along.
 *
 * @param env where `NODE_EXTRA_CA_CERTS` stands; read by Node itself where it can tell
 */
export function systemAuthorities(env: Readonly<Record<string, string | undefined>> = process.env): readonly string[] {
  if (tellsDefaults(tls)) return tls.getCACertificates('default');
  return [...tls.rootCertificates, ...extraAuthorities(env['NODE_EXTRA_CA_CERTS'])];
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

function tellsDefaults(module: object): module is WithDefaultAuthorities {
  return 'getCACertificates' in module && typeof module.getCACertificates === 'function';
}
