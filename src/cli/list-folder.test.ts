import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../test/support/temporary-folder.js';
import { listFolder } from './list-folder.js';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

test('follows links, as Kubernetes mounts secrets by them, and leaves out those that lead nowhere', async () => {
  mkdirSync(join(folder.path, '..2026'));
  writeFileSync(join(folder.path, '..2026', 'password'), 'x');
  symlinkSync('..2026', join(folder.path, '..data'));
  symlinkSync('..data/password', join(folder.path, 'password'));
  symlinkSync('gone', join(folder.path, 'broken'));
  const entries = await listFolder(folder.path);
  expect(entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: '..2026', kind: 'folder' },
    { name: '..data', kind: 'folder' },
    { name: 'password', kind: 'file' },
  ]);
});

test('rejects for what is not there', async () => {
  await expect(listFolder(join(folder.path, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
