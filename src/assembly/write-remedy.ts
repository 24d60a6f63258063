import { dirname } from 'node:path';
import { errorCode } from '../base/errors.js';

/**
 * What to do when a file cannot be read or replaced, as an imperative; undefined where the error says it itself, or
 * nobody knows.
 *
 * @param user as whom this process acts; undefined where the system knows no users
 */
export function writeRemedy(file: string, error: unknown, user: number | undefined): string | undefined {
  const folder = dirname(file);
  const us = user === undefined ? 'the user of this process' : `user ${user}`;
  switch (errorCode(error)) {
    case 'ENOENT':
      return `make the folder ${folder}, writable by ${us}`;
    case 'EACCES':
    case 'EPERM':
      return `let ${us} write into the folder ${folder}, and read what lies there`;
    case 'EROFS':
      return `mount a volume at ${folder} that can be written, or name a file elsewhere`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `make room on the disk of ${folder}`;
    case 'ENOTDIR':
      return `a part of ${folder} is a file: name a file elsewhere`;
    case 'EISDIR':
    case 'not_a_file':
      return 'name a file in place of it';
    default:
      return undefined;
  }
}
