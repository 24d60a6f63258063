import { describeError } from '../../base/errors.js';
import type { ProblemText } from '../report.js';
import { tryParse } from './certificates.js';
import type { MaterialContext } from './material.js';
import { pemBlocks } from './pem.js';

/** Where Cloud Foundry puts the certificates that its operator trusts: a folder of PEM files, named by this variable. */
export const SYSTEM_CERTIFICATES_VARIABLE = 'CF_SYSTEM_CERT_PATH';

export interface SystemCertificatesContext extends MaterialContext {
  /** Names inside of a folder. */
  readonly listFolder: (folder: string) => Promise<readonly string[]>;
}

/**
 * PEM texts of all certificates in the folder's files, in the order of their names. What cannot be read is a warning:
 * it is the platform's, and whoever runs us cannot mend it.
 */
export async function readSystemCertificates(
  folder: string,
  context: SystemCertificatesContext,
): Promise<readonly string[]> {
  const warn = (text: ProblemText): void =>
    context.reporter.warningAt({ kind: 'environment', name: SYSTEM_CERTIFICATES_VARIABLE }, [], text);
  const names = await context.listFolder(folder).catch((error: unknown) => {
    const found = `the folder ${folder}, which cannot be read: ${describeError(error)}`;
    warn({ found, expected: 'a folder of PEM files' });
    return [];
  });
  const certificates: string[] = [];
  for (const name of names.toSorted()) {
    if (name.startsWith('.')) continue;
    const file = `${folder.replace(/\/+$/, '')}/${name}`;
    try {
      const found = certificatesIn(await context.readBytes(file));
      certificates.push(...found);
      if (found.length === 0) warn({ found: `${file} without a PEM certificate`, expected: 'PEM certificates' });
    } catch (error) {
      warn({ found: `${file}, which cannot be read: ${describeError(error)}`, expected: 'PEM certificates' });
    }
  }
  return certificates;
}

function certificatesIn(bytes: Uint8Array): readonly string[] {
  const blocks = pemBlocks(Buffer.from(bytes).toString('utf8'));
  return blocks
    .filter(({ label, text }) => label === 'CERTIFICATE' && tryParse(text) !== undefined)
    .map(({ text }) => text);
}
