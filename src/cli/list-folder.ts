import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderEntry } from '../config/sources/file-access.js';

/** What stands in a folder; links count as what they lead to, and those that lead nowhere are left out. */
export async function listFolder(path: string): Promise<readonly FolderEntry[]> {
  const entries = await Promise.all((await readdir(path)).map((name) => describeEntry(path, name)));
  return entries.flat();
}

async function describeEntry(folder: string, name: string): Promise<readonly FolderEntry[]> {
  try {
    const kind = (await stat(join(folder, name))).isDirectory() ? 'folder' : 'file';
    return [{ name, kind }];
  } catch {
    return [];
  }
}
