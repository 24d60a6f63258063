import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CodedError, errorCode } from '../base/errors.js';

// A file that only this program may have written: what stands in it leads our credentials to addresses.

/** Why a file is not read or not replaced. */
export class PrivateFileError extends CodedError<'not_a_file' | 'not_private' | 'too_large' | 'taken'> {}

/** As whom a process acts; undefined where the system knows no users. */
export interface Identity {
  readonly user: number;
  readonly groups: readonly number[];
}

const PRIVATE = 0o600;
const ROOT = 0;

/** A pipe would keep us waiting for somebody who writes. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The whole of a file of ours; links are followed.
 *
 * @throws {PrivateFileError} for what is no file, is larger, or is not written by us alone; what the file system says
 */
export async function readPrivateFile(path: string, mostBytes: number): Promise<Buffer> {
  return await withFile(path, READ, async (file) => {
    const stats = await file.stat();
    if (!stats.isFile()) throw new PrivateFileError('not_a_file', 'it is no file');
    const reason = whyNotPrivate(stats, currentIdentity());
    if (reason !== undefined) throw new PrivateFileError('not_private', reason);
    if (stats.size > mostBytes) {
      throw new PrivateFileError('too_large', `it is larger than ${Math.round(mostBytes / 1024 / 1024)} MiB`);
    }
    return await file.readFile();
  });
}

/**
 * Who else may have written a file, in words. Groups of our own may: Kubernetes gives them every file of a volume
 * (`fsGroup`), with mode 0660.
 */
export function whyNotPrivate(
  { uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>,
  identity: Identity | undefined,
): string | undefined {
  if (identity === undefined) return undefined;
  if (uid !== identity.user && uid !== ROOT) return `it belongs to user ${uid}, and this is user ${identity.user}`;
  if ((mode & 0o002) !== 0) return 'everybody may write it; chmod o-w';
  if ((mode & 0o020) !== 0 && !identity.groups.includes(gid)) return `group ${gid} may write it; chmod g-w`;
  return undefined;
}

function currentIdentity(): Identity | undefined {
  const user = process.geteuid?.();
  const group = process.getegid?.();
  if (user === undefined || group === undefined) return undefined;
  return { user, groups: [group, ...(process.getgroups?.() ?? [])] };
}

/**
 * Puts a file in the place of another, or of none: whoever reads sees the old or the new one, also after a crash of the
 * machine. Nobody else may read it. A link stays one, and what it leads to is replaced.
 *
 * @param isOurs whether a file that starts like this may be replaced
 * @throws {PrivateFileError} `taken`, `not_a_file`; what the file system says. The old file is left as it was then
 */
export async function replacePrivateFile(
  path: string,
  content: Buffer,
  isOurs: (start: Buffer) => boolean,
): Promise<void> {
  const target = await targetOf(path);
  if (target.exists) await refuseForeign(target.path, isOurs);
  const beside = join(dirname(target.path), `.${basename(target.path)}.${randomUUID()}.new`);
  try {
    await withFile(beside, 'wx', async (file) => {
      await file.writeFile(content);
      await file.sync();
    });
    await rename(beside, target.path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await keepName(dirname(target.path));
}

/** What a process that was killed has left beside the file. Never rejects: then it stays there. */
export async function removeLeftovers(path: string): Promise<void> {
  try {
    const target = (await targetOf(path)).path;
    const folder = dirname(target);
    const start = `.${basename(target)}.`;
    const names = (await readdir(folder)).filter((name) => {
      return name.startsWith(start) && LEFTOVER.test(name.slice(start.length));
    });
    await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
  } catch {
    // The file cannot be written either then, and that is told.
  }
}

const LEFTOVER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.new$/;

async function targetOf(path: string): Promise<{ readonly path: string; readonly exists: boolean }> {
  try {
    return { path: await realpath(path), exists: true };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { path, exists: false };
    throw error;
  }
}

/** Enough to know a file by. */
const START_BYTES = 64;

/** A path that names somebody's only copy of something must not cost it. */
async function refuseForeign(path: string, isOurs: (start: Buffer) => boolean): Promise<void> {
  await withFile(path, READ, async (file) => {
    if (!(await file.stat()).isFile()) throw new PrivateFileError('not_a_file', 'it is no file');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    if (isOurs(buffer.subarray(0, bytesRead))) return;
    throw new PrivateFileError('taken', 'there is another file of this name; move it away or name another one');
  });
}

async function withFile<T>(path: string, flags: string | number, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, PRIVATE);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** The new name too outlives a crash of the machine; where folders cannot be synchronized, the old one may come back. */
async function keepName(folder: string): Promise<void> {
  try {
    await withFile(folder, 'r', (handle) => handle.sync());
  } catch {
    // Windows and some network file systems refuse; nothing is lost but the last few minutes.
  }
}
