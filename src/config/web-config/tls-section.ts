import { dirname, isAbsolute, join } from 'node:path';
import type { ServerTls, TlsIdentity, TlsVersion } from '../config.js';
import { nearestName } from '../nearest-name.js';
import type { Path } from '../path.js';
import { quote, type Reporter } from '../report.js';
import type { Handshake } from '../tls-material/accepted.js';
import { readAuthorities } from '../tls-material/authorities.js';
import { readIdentity } from '../tls-material/identity.js';
import { type Material, type MaterialContext, pickMaterial } from '../tls-material/material.js';
import { CIPHER_SUITES, CURVES, VERSIONS } from './go-names.js';
import type { Section } from './section.js';

export const TLS_NAMES = [
  'cert_file',
  'key_file',
  'cert',
  'key',
  'client_ca_file',
  'client_ca',
  'client_auth_type',
  'client_allowed_sans',
  'min_version',
  'max_version',
  'cipher_suites',
  'prefer_server_cipher_suites',
  'curve_preferences',
] as const;

const CLIENT_AUTH: ReadonlyMap<string, ServerTls['clientAuth']> = new Map([
  ['NoClientCert', 'none'],
  ['RequestClientCert', 'request'],
  ['RequireAnyClientCert', 'require-any'],
  ['VerifyClientCertIfGiven', 'verify-if-given'],
  ['RequireAndVerifyClientCert', 'require'],
  // exporter-toolkit's older word for RequireAnyClientCert.
  ['RequireClientCert', 'require-any'],
]);

/**
 * Stricter than exporter-toolkit in three places where that one would be less safe than the file looks: settings without a
 * certificate (plain HTTP there), verification without authorities (any of the system's there), names of clients that
 * nobody is asked for.
 *
 * @param file the web config file: relative names start from its folder
 * @returns undefined for an empty group, and when something is wrong with the certificate, which is reported then
 */
export async function readTls(
  section: Section,
  file: string,
  context: MaterialContext,
): Promise<ServerTls | undefined> {
  if (section.isEmpty) return undefined;
  const clientAuth = choose(section, 'client_auth_type', CLIENT_AUTH) ?? 'none';
  const authorities = materialOf(section, 'client_ca_file', 'client_ca', file);
  const allowedSans = section.list('client_allowed_sans').map(({ text }) => text);
  checkClients(section, clientAuth, authorities, allowedSans);
  const handshake = { ...readVersions(section), ...readCiphers(section), ...readCurves(section) };
  const [identity, clientAuthorities] = await Promise.all([
    readOwnIdentity(section, file, handshake, context),
    authorities === undefined ? [] : readAuthorities(authorities, context),
  ]);
  if (section.boolean('prefer_server_cipher_suites') === false) {
    const expected = 'true, since our own order always counts';
    section.reporter.warning([...section.path, 'prefer_server_cipher_suites'], { found: 'false', expected });
  }
  return identity === undefined ? undefined : { identity, clientAuthorities, clientAuth, allowedSans, ...handshake };
}

async function readOwnIdentity(
  section: Section,
  file: string,
  handshake: Handshake,
  context: MaterialContext,
): Promise<TlsIdentity | undefined> {
  const certificate = materialOf(section, 'cert_file', 'cert', file);
  const key = materialOf(section, 'key_file', 'key', file);
  if (certificate === undefined) missing(section, 'cert_file', 'cert_file or cert, since there are settings for TLS');
  if (key === undefined) missing(section, 'key_file', 'key_file or key, since there are settings for TLS');
  if (certificate === undefined || key === undefined) return undefined;
  return await readIdentity({ certificate, key, password: undefined, handshake }, context);
}

function missing({ reporter, path }: Section, name: string, expected: string): void {
  reporter.missing([...path, name], { expected });
}

function materialOf(section: Section, fileName: string, textName: string, file: string): Material | undefined {
  const written = section.text(fileName);
  const value = written === undefined || isAbsolute(written) ? written : join(dirname(file), written);
  const inline = { name: textName, value: section.text(textName) };
  return pickMaterial(section.path, { name: fileName, value }, inline, section.reporter);
}

function checkClients(
  { path, reporter }: Section,
  clientAuth: ServerTls['clientAuth'],
  authorities: Material | undefined,
  allowedSans: readonly string[],
): void {
  const here = [...path, 'client_auth_type'];
  const isVerified = clientAuth === 'require' || clientAuth === 'verify-if-given';
  if (isVerified && authorities === undefined) {
    const expected = 'client_ca_file or client_ca beside it';
    if (!reporter.hasError([...path, 'client_ca_file']))
      reporter.error(here, { found: 'no authorities to verify by', expected });
  }
  if (clientAuth !== 'none' || reporter.hasError(here)) return;
  const expected = 'a type that asks clients for a certificate, such as RequireAndVerifyClientCert';
  if (authorities !== undefined) reporter.error(here, { found: 'authorities for clients that nobody asks', expected });
  if (allowedSans.length > 0) reporter.error(here, { found: 'names of clients that nobody asks', expected });
}

function readVersions(section: Section): { readonly minVersion?: TlsVersion; readonly maxVersion?: TlsVersion } {
  const minVersion = choose(section, 'min_version', VERSIONS);
  const maxVersion = choose(section, 'max_version', VERSIONS);
  if (minVersion !== undefined && maxVersion !== undefined && minVersion > maxVersion) {
    const found = 'a version below min_version';
    section.reporter.error([...section.path, 'max_version'], { found, expected: 'the same or a later one' });
  }
  return { ...(minVersion === undefined ? {} : { minVersion }), ...(maxVersion === undefined ? {} : { maxVersion }) };
}

function readCiphers(section: Section): { readonly ciphers?: string } {
  const names = chooseAll(section, 'cipher_suites', CIPHER_SUITES);
  return names.length === 0 ? {} : { ciphers: names.join(':') };
}

function readCurves(section: Section): { readonly curves?: string } {
  const names = chooseAll(section, 'curve_preferences', CURVES);
  return names.length === 0 ? {} : { curves: names.join(':') };
}

function choose<Value>(section: Section, name: string, choices: ReadonlyMap<string, Value>): Value | undefined {
  const text = section.text(name);
  return text === undefined ? undefined : chosen(text, [...section.path, name], choices, section.reporter);
}

function chooseAll<Value>(section: Section, name: string, choices: ReadonlyMap<string, Value>): readonly Value[] {
  return section.list(name).flatMap(({ path, text }) => chosen(text, path, choices, section.reporter) ?? []);
}

function chosen<Value>(
  text: string,
  path: Path,
  choices: ReadonlyMap<string, Value>,
  reporter: Reporter,
): Value | undefined {
  const value = choices.get(text);
  if (value !== undefined) return value;
  // Of equally near ones the later: nobody shall be led to the oldest version.
  const nearest = nearestName(text, [...choices.keys()].reverse());
  const remedy = nearest === undefined ? {} : { remedy: `did you mean ${nearest}?` };
  reporter.error(path, { found: quote(text), expected: `one of ${[...choices.keys()].join(', ')}`, ...remedy });
  return undefined;
}
