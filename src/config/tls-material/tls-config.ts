import { isIP } from 'node:net';
import type { Secret } from '../../base/secret.js';
import type { TlsConfig, TlsIdentity, TlsVersion } from '../config.js';
import type { Path } from '../path.js';
import { quote } from '../report.js';
import { readAuthorities } from './authorities.js';
import { readIdentity } from './identity.js';
import { type MaterialContext, pickMaterial } from './material.js';

/** The group `tls_config` by Prometheus' names, as it was written. */
export interface RawTlsConfig {
  readonly ca_file?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly cert?: string | undefined;
  readonly key_file?: string | undefined;
  readonly key?: Secret | undefined;
  /** Ours: of an encrypted key. */
  readonly key_password?: Secret | undefined;
  readonly server_name?: string | undefined;
  readonly insecure_skip_verify?: boolean | undefined;
  /** `TLS12`, as Prometheus writes it, or `TLSv1.2`. */
  readonly min_version?: string | undefined;
}

export interface TlsConfigContext extends MaterialContext {
  /** Of the group: `['cf', 'tls_config']`. */
  readonly path: Path;
  /** What holds where the group says nothing; absent: `PLAIN_TLS`. */
  readonly inherited?: TlsConfig | undefined;
}

/** The system's authorities, always verified. */
export const PLAIN_TLS: TlsConfig = {
  certificateAuthorities: [],
  identity: undefined,
  serverName: undefined,
  verify: 'always',
  minVersion: undefined,
};

/** Reads all that a `tls_config` names, and checks it. What is wrong is reported, and left out of the result. */
export async function readTlsConfig(raw: RawTlsConfig, context: TlsConfigContext): Promise<TlsConfig> {
  const inherited = context.inherited ?? PLAIN_TLS;
  const authorities = pickMaterial(
    context.path,
    { name: 'ca_file', value: raw.ca_file },
    { name: 'ca', value: raw.ca },
    context.reporter,
  );
  const skip = raw.insecure_skip_verify;
  const minVersion = readMinVersion(raw.min_version, context) ?? inherited.minVersion;
  return {
    certificateAuthorities:
      authorities === undefined ? inherited.certificateAuthorities : await readAuthorities(authorities, context),
    identity: (await readClientIdentity(raw, minVersion, context)) ?? inherited.identity,
    serverName: readServerName(raw.server_name, context) ?? inherited.serverName,
    verify: skip === undefined ? inherited.verify : skip ? 'never' : 'always',
    minVersion,
  };
}

async function readClientIdentity(
  raw: RawTlsConfig,
  minVersion: TlsVersion | undefined,
  context: TlsConfigContext,
): Promise<TlsIdentity | undefined> {
  const { path, reporter } = context;
  const certificate = pickMaterial(
    path,
    { name: 'cert_file', value: raw.cert_file },
    { name: 'cert', value: raw.cert },
    reporter,
  );
  const key = pickMaterial(
    path,
    { name: 'key_file', value: raw.key_file },
    { name: 'key', value: raw.key?.reveal() },
    reporter,
  );
  if (certificate !== undefined && key !== undefined) {
    const password = { path: [...path, 'key_password'], secret: raw.key_password };
    return await readIdentity({ certificate, key, password, handshake: { minVersion } }, context);
  }
  // Both forms of the missing half may be there at once, which has been reported.
  const keyGiven = raw.key_file !== undefined || raw.key !== undefined;
  const certificateGiven = raw.cert_file !== undefined || raw.cert !== undefined;
  if (certificate !== undefined && !keyGiven) {
    const expected = 'its private key beside it, in key_file or key';
    reporter.error(certificate.path, { found: 'a certificate without key', expected });
  }
  if (key !== undefined && !certificateGiven) {
    const expected = 'its certificate beside it, in cert_file or cert';
    reporter.error(key.path, { found: 'a key without certificate', expected });
  }
  return undefined;
}

function readServerName(name: string | undefined, { path, reporter }: TlsConfigContext): string | undefined {
  if (name === undefined) return undefined;
  if (isIP(name) !== 0 || /^(?!.*\.\.)[\w][\w.-]*$/.test(name)) return name;
  const expected = 'a host name such as apps.example.org, without scheme and port';
  reporter.error([...path, 'server_name'], { found: quote(name), expected });
  return undefined;
}

const VERSIONS: ReadonlyMap<string, TlsVersion> = new Map([
  ['10', 'TLSv1'],
  ['11', 'TLSv1.1'],
  ['12', 'TLSv1.2'],
  ['13', 'TLSv1.3'],
]);

/** Undefined for what names none. Prometheus writes `TLS12`, Node and Java `TLSv1.2`, and `TLSv1` is 1.0. */
export function parseTlsVersion(text: string): TlsVersion | undefined {
  const [, major, minor] = /^TLS_?v?_?(1)[._]?([0-3]?)$/i.exec(text.trim()) ?? [];
  return major === undefined ? undefined : VERSIONS.get(`1${minor === '' ? '0' : minor}`);
}

function readMinVersion(text: string | undefined, { path, reporter }: TlsConfigContext): TlsVersion | undefined {
  if (text === undefined) return undefined;
  const version = parseTlsVersion(text);
  if (version === undefined) {
    const expected = 'one of TLS10, TLS11, TLS12, TLS13';
    reporter.error([...path, 'min_version'], { found: quote(text), expected });
  }
  return version;
}
