import type { KeyObject } from 'node:crypto';
import { Secret } from '../../base/secret.js';
import type { TlsIdentity } from '../config.js';
import { formatPath } from '../path.js';
import { type Handshake, isAccepted } from './accepted.js';
import { parseCertificates, type ReadCertificate, warnOfDates } from './certificates.js';
import { type Material, type MaterialContext, type MaterialPassword, readMaterial } from './material.js';
import { parseKey } from './private-key.js';

export interface IdentitySource {
  /** The leaf first, what signed it behind. */
  readonly certificate: Material;
  readonly key: Material;
  /** Of the key; where there is no option for one, undefined. */
  readonly password: MaterialPassword | undefined;
  /** Of the connections that it is for. */
  readonly handshake: Handshake;
}

/** A certificate and its key, checked against each other. Undefined when something is wrong, which is reported then. */
export async function readIdentity(source: IdentitySource, context: MaterialContext): Promise<TlsIdentity | undefined> {
  const [certificateBytes, keyBytes] = await Promise.all([
    readMaterial(source.certificate, context),
    readMaterial(source.key, context),
  ]);
  const certificates =
    certificateBytes === undefined ? [] : parseCertificates(certificateBytes, source.certificate, context);
  const key = keyBytes === undefined ? undefined : parseKey(keyBytes, source.key, source.password, context);
  const [leaf] = certificates;
  if (leaf === undefined || key === undefined || !fits(leaf, certificates, key, source, context)) return undefined;
  warnOfDates(certificates, source.certificate, context);
  const identity = identityOf(
    certificates.map(({ text }) => text),
    key,
  );
  return isAccepted(identity, source.certificate.path, source.handshake, context) ? identity : undefined;
}

/** @param chain PEM texts, the leaf first */
export function identityOf(chain: readonly string[], key: KeyObject): TlsIdentity {
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  return { certificate: chain.join(''), key: new Secret(pem.toString()) };
}

function fits(
  leaf: ReadCertificate,
  certificates: readonly ReadCertificate[],
  key: KeyObject,
  source: IdentitySource,
  { reporter }: MaterialContext,
): boolean {
  if (leaf.parsed.checkPrivateKey(key)) return true;
  const behind = certificates.findIndex(({ parsed }) => parsed.checkPrivateKey(key));
  reporter.error(source.key.path, {
    found: `a key that does not fit the certificate of ${formatPath(source.certificate.path)}`,
    expected: 'the key that the certificate was made for',
    ...(behind > 0 ? { remedy: `put certificate ${behind + 1} of them first, and what signed it behind` } : {}),
  });
  return false;
}
