import type { FileInput } from '../config/sources/file-access.js';
import type { CommandContext } from './command.js';
import { listFolder } from './list-folder.js';
import { readBoundedFile } from './read-bounded-file.js';

/** Files as a command sees them that reads its configuration once. */
export function createFileInput({ cwd }: Pick<CommandContext, 'cwd'>): FileInput {
  return { cwd, readFile: readBoundedFile, listFolder };
}
