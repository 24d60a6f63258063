import { stat } from 'node:fs/promises';

/** What can be told of files without reading them, by absolute path. */
export type FileStates = ReadonlyMap<string, string>;

/** State of a file that is not there. */
export const MISSING_FILE = 'none';

/** Another one means that the file is not what it was. Links are followed: Kubernetes changes where they lead. */
export async function stateOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    // Not there, or not ours to see: whoever reads it says why.
    return MISSING_FILE;
  }
}
