import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { writeWhole } from './write-whole.js';

function folder(): string {
  const made = temporaryFolder();
  onTestFinished(() => made.remove());
  return made.path;
}

test('a file is made, then replaced, and nothing else is left', async () => {
  const path = folder();
  const file = join(path, 'targets.json');
  await writeWhole(file, 'one');
  await writeWhole(file, Buffer.from('two'));
  expect(readFileSync(file, 'utf8')).toBe('two');
  expect(readdirSync(path)).toEqual(['targets.json']);
});

test('a link stays a link, and what it points to is replaced', async () => {
  const path = folder();
  mkdirSync(join(path, 'real'));
  writeFileSync(join(path, 'real', 'a.json'), 'old');
  symlinkSync(join('real', 'a.json'), join(path, 'link.json'));
  await writeWhole(join(path, 'link.json'), 'new');
  expect(lstatSync(join(path, 'link.json')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(path, 'real', 'a.json'), 'utf8')).toBe('new');
});

test('what cannot be written leaves nothing behind', async () => {
  const path = folder();
  mkdirSync(join(path, 'taken'));
  await expect(writeWhole(join(path, 'taken'), 'x')).rejects.toThrow('EISDIR');
  expect(readdirSync(path)).toEqual(['taken']);
  await expect(writeWhole(join(path, 'gone', 'x'), 'x')).rejects.toThrow('ENOENT');
});
