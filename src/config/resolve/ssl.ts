import type { ServerTls, TlsIdentity, TlsVersion } from '../config.js';
import type { Path } from '../path.js';
import { quote, type Reporter } from '../report.js';
import type { RawSsl } from '../schema/ssl.js';
import type { Handshake } from '../tls-material/accepted.js';
import { readAuthorities } from '../tls-material/authorities.js';
import { readIdentity } from '../tls-material/identity.js';
import { readKeyStore, readTrustStore } from '../tls-material/key-store.js';
import type { Material, MaterialContext } from '../tls-material/material.js';
import { parseTlsVersion } from '../tls-material/tls-config.js';
import { openSslName } from './cipher-names.js';

const SSL: Path = ['server', 'ssl'];

export interface SslContext extends MaterialContext {
  /** PEM texts of Java's trust store, which counts where no option names authorities. */
  readonly javaAuthorities: readonly string[];
}

/** Whether any option of it asks for TLS. */
export function wantsSsl(raw: RawSsl): boolean {
  const { enabled, ...rest } = raw;
  if (enabled !== undefined) return enabled;
  return Object.values(rest).some((value) => (Array.isArray(value) ? value.length > 0 : value !== undefined));
}

/** TLS of our own by Spring Boot's options. Undefined for none, or when something is wrong, which is reported then. */
export async function resolveSsl(raw: RawSsl, context: SslContext): Promise<ServerTls | undefined> {
  if (!wantsSsl(raw)) return undefined;
  const versions = resolveVersions(raw['enabled-protocols'], context.reporter);
  const ciphers = resolveCiphers(raw.ciphers, context.reporter);
  const identity = await resolveIdentity(raw, { ...versions, ...ciphers }, context);
  const clientAuthorities = await resolveClientAuthorities(raw, context);
  const clientAuth = CLIENT_AUTH[raw['client-auth'] ?? 'none'];
  if (clientAuth !== 'none') reportNoAuthorities(raw, context);
  if (identity === undefined) return undefined;
  return { identity, clientAuthorities, clientAuth, ...versions, ...ciphers, allowedSans: [] };
}

const CLIENT_AUTH = { none: 'none', want: 'verify-if-given', need: 'require' } as const;

async function resolveIdentity(
  raw: RawSsl,
  handshake: Handshake,
  context: MaterialContext,
): Promise<TlsIdentity | undefined> {
  const { reporter } = context;
  const { certificate, 'key-store': keyStore, 'certificate-private-key': key } = raw;
  if (certificate !== undefined && keyStore !== undefined) {
    const remedy = 'remove one of them';
    const expected = 'one or the other';
    reporter.error([...SSL, 'key-store'], { found: 'a key store beside a certificate', expected, remedy });
    return undefined;
  }
  if (keyStore !== undefined) return await fromKeyStore(keyStore, raw, handshake, context);
  if (certificate === undefined || key === undefined) {
    const name = certificate === undefined ? 'certificate' : 'certificate-private-key';
    const expected =
      certificate === undefined ? 'our certificate, here or in server.ssl.key-store' : 'the key of the certificate';
    reporter.missing([...SSL, name], { expected, remedy: 'or switch TLS off by server.ssl.enabled: false' });
    return undefined;
  }
  const certificateMaterial = materialOf(certificate, [...SSL, 'certificate'], reporter);
  const keyMaterial = materialOf(key.reveal(), [...SSL, 'certificate-private-key'], reporter);
  if (certificateMaterial === undefined || keyMaterial === undefined) return undefined;
  const password = { path: [...SSL, 'private-key-password'], secret: raw['private-key-password'] };
  return await readIdentity({ certificate: certificateMaterial, key: keyMaterial, password, handshake }, context);
}

async function fromKeyStore(
  written: string,
  raw: RawSsl,
  handshake: Handshake,
  context: MaterialContext,
): Promise<TlsIdentity | undefined> {
  const path = [...SSL, 'key-store'];
  const file = fileOf(written, path, context.reporter);
  if (file === undefined) return undefined;
  return await readKeyStore(
    {
      path,
      file,
      password: { path: [...SSL, 'key-store-password'], secret: raw['key-store-password'] },
      alias: { path: [...SSL, 'key-alias'], name: raw['key-alias'] },
      keyPassword: { path: [...SSL, 'key-password'], secret: raw['key-password'] },
      handshake,
    },
    context,
  );
}

async function resolveClientAuthorities(raw: RawSsl, context: SslContext): Promise<readonly string[]> {
  const { 'trust-certificate': certificate, 'trust-store': store } = raw;
  if (certificate !== undefined) {
    const material = materialOf(certificate, [...SSL, 'trust-certificate'], context.reporter);
    return material === undefined ? [] : await readAuthorities(material, context);
  }
  if (store === undefined) return context.javaAuthorities;
  const path = [...SSL, 'trust-store'];
  const file = fileOf(store, path, context.reporter);
  if (file === undefined) return [];
  const password = { path: [...SSL, 'trust-store-password'], secret: raw['trust-store-password'] };
  return await readTrustStore({ path, file, password }, context);
}

/** Java would take any certificate that an authority of its own list signed, which guards nothing. */
function reportNoAuthorities(raw: RawSsl, { javaAuthorities, reporter }: SslContext): void {
  if (javaAuthorities.length > 0) return;
  if (raw['trust-certificate'] !== undefined || raw['trust-store'] !== undefined) return;
  reporter.error([...SSL, 'client-auth'], {
    found: `"${raw['client-auth']}" without authorities`,
    expected: 'server.ssl.trust-certificate or server.ssl.trust-store beside it',
  });
}

/** A PEM text as it stands, else a file by Spring's resource names. */
function materialOf(written: string, path: Path, reporter: Reporter): Material | undefined {
  if (written.includes('-----BEGIN')) return { path, text: written };
  const file = fileOf(written, path, reporter);
  return file === undefined ? undefined : { path, file };
}

function fileOf(written: string, path: Path, reporter: Reporter): string | undefined {
  const [, scheme, rest = ''] = /^([a-z][a-z+.-]+):(.*)$/i.exec(written) ?? [];
  if (scheme === undefined) return written;
  if (scheme.toLowerCase() === 'file') return rest.replace(/^\/\/(?=\/)/, '');
  const found = `a place that begins with ${scheme}:`;
  reporter.error(path, { found, expected: 'the name of a file', remedy: 'copy it into a file of its own' });
  return undefined;
}

const VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

/** A list that leaves one out in between cannot be said by bounds. */
function resolveVersions(
  texts: readonly string[],
  reporter: Reporter,
): { readonly minVersion?: TlsVersion; readonly maxVersion?: TlsVersion } {
  const path = [...SSL, 'enabled-protocols'];
  const expected = `versions such as TLSv1.2,TLSv1.3`;
  const places = texts.flatMap((text, index) => {
    const version = parseTlsVersion(text);
    if (version === undefined) reporter.error([...path, index], { found: quote(text), expected });
    return version === undefined ? [] : VERSIONS.indexOf(version);
  });
  const minVersion = VERSIONS[Math.min(...places)];
  const maxVersion = VERSIONS[Math.max(...places)];
  if (minVersion === undefined || maxVersion === undefined) return {};
  if (Math.max(...places) - Math.min(...places) >= new Set(places).size) {
    reporter.error(path, { found: 'versions with a gap', expected: 'all between the first and the last' });
  }
  return { minVersion, maxVersion };
}

/** Java leaves out what it does not have too; offering nothing of the list would be no TLS at all. */
function resolveCiphers(texts: readonly string[], reporter: Reporter): { readonly ciphers?: string } {
  const path = [...SSL, 'ciphers'];
  const expected = "cipher suites by OpenSSL's names or Java's that this Node knows";
  const names = texts.flatMap((text, index) => {
    const name = openSslName(text);
    if (name === undefined) {
      reporter.warning([...path, index], { found: quote(text), expected, remedy: 'it is left out' });
    }
    return name ?? [];
  });
  if (texts.length > 0 && names.length === 0) reporter.error(path, { found: 'none that is known', expected });
  return names.length === 0 ? {} : { ciphers: names.join(':') };
}
