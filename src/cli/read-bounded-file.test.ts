import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { MOST_FILE_BYTES, readBoundedFile } from './read-bounded-file.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

test.each([0, 1, 64 * 1024, 64 * 1024 + 1, MOST_FILE_BYTES])('%d bytes', async (size) => {
  const path = join(folder.path, String(size));
  const content = Buffer.alloc(size, 'x');
  writeFileSync(path, content);
  expect((await readBoundedFile(path)).equals(content)).toBe(true);
});

test('a device without end is given up', async () => {
  await expect(readBoundedFile('/dev/zero')).rejects.toMatchObject({ code: 'too_large' });
});

test.each([
  ['a file that is not there', 'none', 'ENOENT'],
  ['a folder', '.', 'EISDIR'],
])('%s', async (_, name, code) => {
  await expect(readBoundedFile(join(folder.path, name))).rejects.toMatchObject({ code });
});
