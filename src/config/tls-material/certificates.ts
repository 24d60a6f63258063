import { X509Certificate } from 'node:crypto';
import { type Material, type MaterialContext, nameOf } from './material.js';
import { pemBlocks } from './pem.js';

export interface ReadCertificate {
  readonly parsed: X509Certificate;
  /** PEM. */
  readonly text: string;
}

const LABELS: ReadonlySet<string> = new Set(['CERTIFICATE', 'X509 CERTIFICATE']);

/** All certificates of a PEM text, in order. Empty when there is none or one is broken, which is reported then. */
export function parseCertificates(
  bytes: Uint8Array,
  material: Material,
  context: MaterialContext,
): readonly ReadCertificate[] {
  const blocks = pemBlocks(Buffer.from(bytes).toString('utf8')).filter(({ label }) => LABELS.has(label));
  if (blocks.length === 0) {
    context.reporter.error(material.path, {
      found: `${nameOf(material)} without a PEM certificate`,
      expected: 'at least one block "-----BEGIN CERTIFICATE-----"',
      ...remedyFor(bytes, material),
    });
    return [];
  }
  const certificates: ReadCertificate[] = [];
  for (const [index, block] of blocks.entries()) {
    const text = block.text.replaceAll('X509 CERTIFICATE', 'CERTIFICATE');
    const parsed = tryParse(text);
    if (parsed !== undefined) certificates.push({ parsed, text });
    else reportBroken(index + 1, blocks.length, material, context);
  }
  return certificates.length === blocks.length ? certificates : [];
}

/** Warns, once for all of them, of certificates outside of their time: whoever checks them will refuse. */
export function warnOfDates(
  certificates: readonly ReadCertificate[],
  material: Pick<Material, 'path'>,
  context: MaterialContext,
): void {
  const now = (context.now ?? Date.now)();
  const expired = certificates.filter(({ parsed }) => Date.parse(parsed.validTo) < now);
  const early = certificates.filter(({ parsed }) => Date.parse(parsed.validFrom) > now);
  const [first] = expired;
  const [firstEarly] = early;
  if (first !== undefined) {
    const others = expired.length === 1 ? '' : ` (the first of ${expired.length})`;
    context.reporter.warning(material.path, {
      found: `a certificate that expired on ${first.parsed.validTo}${others}`,
      expected: 'one that is still valid',
    });
  }
  if (firstEarly !== undefined) {
    context.reporter.warning(material.path, {
      found: `a certificate that is valid from ${firstEarly.parsed.validFrom} only`,
      expected: 'one that is valid now',
    });
  }
}

export function tryParse(certificate: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined; // what OpenSSL says of it (asn1 encoding routines) helps nobody
  }
}

function remedyFor(bytes: Uint8Array, material: Material): { readonly remedy: string } | undefined {
  if (!('file' in material)) return undefined;
  // A bare DER certificate, as Windows exports it, is legal for X509Certificate, and for TLS it is not.
  if (bytes[0] === 0x30 && tryParse(bytes) !== undefined) {
    return { remedy: `convert it: openssl x509 -inform der -in ${material.file} -out ${material.file}.pem` };
  }
  return undefined;
}

function reportBroken(number: number, count: number, material: Material, context: MaterialContext): void {
  const which = count === 1 ? 'a certificate' : `certificate ${number} of ${count}`;
  context.reporter.error(material.path, {
    found: `${nameOf(material)}, where ${which} cannot be parsed`,
    expected: 'PEM certificates that are whole',
  });
}
