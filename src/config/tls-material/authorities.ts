import { parseCertificates, warnOfDates } from './certificates.js';
import { type Material, type MaterialContext, readMaterial } from './material.js';

/** PEM texts of certificate authorities, one for each certificate. Empty when they cannot be read, which is reported then. */
export async function readAuthorities(material: Material, context: MaterialContext): Promise<readonly string[]> {
  const bytes = await readMaterial(material, context);
  if (bytes === undefined) return [];
  const certificates = parseCertificates(bytes, material, context);
  warnOfDates(certificates, material, context);
  return certificates.map(({ text }) => text);
}
