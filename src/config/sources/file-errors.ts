import { describeError, errorCode } from '../../base/errors.js';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'a file that this user may not read',
  EPERM: 'a file that this user may not read',
  EISDIR: 'a directory',
  ELOOP: 'links that lead in a circle',
  ENAMETOOLONG: 'a name that is too long for a file',
  ENXIO: 'a socket or a device, which cannot be opened',
};

/** Why a file could not be taken, as what was found there. */
export function describeFileError(error: unknown): string {
  return WORDS[errorCode(error) ?? ''] ?? `a file that cannot be taken: ${describeError(error)}`;
}

export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
