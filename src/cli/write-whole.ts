import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { chmod, chown, lstat, open, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode } from '../base/errors.js';

/**
 * Replaces a file so that readers see the old content or the new one, never a part. The new content is written beside
 * it, under a name that no `*.json` of Prometheus matches. A symbolic link stays one, whether or not there is a file at its
 * end, and a file keeps its mode and, where we may, its owner. Pipes and devices are written to: nothing takes their place.
 *
 * @throws what the file system says; the old file is left as it was then
 */
export async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  const before = await unlessAbsent(stat(file));
  if (before === undefined || before.isFile() || before.isDirectory()) await replace(file, content, before);
  else await pass(file, content);
}

async function replace(file: string, content: string | Buffer, before: Stats | undefined): Promise<void> {
  const target = await endOfLinks(file);
  const beside = join(dirname(target), `.${basename(target)}.${randomUUID()}.new`);
  try {
    // Nobody else reads it before it has the old one's mode.
    await writeFile(beside, content, before === undefined ? { flush: true } : { flush: true, mode: 0o600 });
    if (before !== undefined) await takeOver(beside, before);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function takeOver(file: string, { mode, uid, gid }: Stats): Promise<void> {
  // Only root may give files away; a group of ours we may keep.
  await chown(file, uid, gid).catch(() => chown(file, -1, gid).catch(() => undefined));
  await chmod(file, mode & 0o7777);
}

/** Waits, with a pipe, until somebody reads from it. */
async function pass(file: string, content: string | Buffer): Promise<void> {
  const opened = await open(file, constants.O_WRONLY);
  try {
    await opened.writeFile(content);
  } finally {
    await opened.close();
  }
}

/** As many as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

/** The file that a chain of links leads to, whether it is there or not. */
async function endOfLinks(file: string): Promise<string> {
  let at = file;
  for (let links = 0; links <= MOST_LINKS; links += 1) {
    const folder = await realpath(dirname(at));
    at = join(folder, basename(at));
    const found = await unlessAbsent(lstat(at));
    if (found === undefined || !found.isSymbolicLink()) return at;
    at = resolve(folder, await readlink(at));
  }
  throw Object.assign(new Error(`ELOOP: too many symbolic links, ${file}`), { code: 'ELOOP' });
}

async function unlessAbsent(asked: Promise<Stats>): Promise<Stats | undefined> {
  return await asked.catch((error) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}
