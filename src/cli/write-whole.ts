import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../base/errors.js';

/**
 * Replaces a file so that readers see the old content or the new one, never a part. The new content is written beside
 * it, under a name that no `*.json` of Prometheus matches; a symbolic link stays one.
 *
 * @throws what the file system says; the old file is left as it was then
 */
export async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  const target = await realpath(file).catch((error) => {
    if (errorCode(error) === 'ENOENT') return file;
    throw error;
  });
  const beside = join(dirname(target), `.${basename(target)}.${randomUUID()}.new`);
  try {
    await writeFile(beside, content, { flush: true });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
