import type { TlsConfig } from '../config.js';
import type { Path } from '../path.js';
import { quote, type Reporter } from '../report.js';

/** Text of a file by its name; rejects when it cannot be read. */
export type ReadFile = (path: string) => Promise<string>;

export interface TlsContext {
  readonly path: Path;
  readonly reporter: Reporter;
  readonly readFile: ReadFile;
}

/** TLS towards others as it is when nobody sets anything. */
export const PLAIN_TLS: TlsConfig = {
  certificateAuthorities: [],
  identity: undefined,
  serverName: undefined,
  verify: 'always',
  minVersion: undefined,
};

/** What stands below `tls_config`, with the content of the files that it names. */
export async function resolveTls(
  raw: { readonly ca_file?: string | undefined },
  context: TlsContext,
): Promise<TlsConfig> {
  if (raw.ca_file === undefined) return PLAIN_TLS;
  const at = [...context.path, 'ca_file'];
  const found = quote(raw.ca_file);
  const pem = await context.readFile(raw.ca_file).catch(() => undefined);
  if (pem === undefined) context.reporter.error(at, { found, expected: 'a PEM file that can be read' });
  // OpenSSL passes over what it cannot read, and every connection would fail for no reason told.
  else if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    context.reporter.error(at, {
      found: `${found}, which holds no certificate`,
      expected: 'a file with PEM certificates',
    });
  return { ...PLAIN_TLS, certificateAuthorities: pem === undefined ? [] : [pem] };
}
