import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
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

test.each([
  ['a link to it', ['link.json'], { 'link.json': 'real/a.json' }],
  ['links to links', ['one.json'], { 'one.json': 'two.json', 'two.json': 'real/a.json' }],
  ['a folder that is a link', ['folder', 'a.json'], { folder: 'real' }],
])('a file that is not there yet is made at the end of %s', async (_, names, links) => {
  const path = folder();
  mkdirSync(join(path, 'real'));
  for (const [name, to] of Object.entries(links)) symlinkSync(to, join(path, name));
  await writeWhole(join(path, ...names), 'new');
  expect(readFileSync(join(path, 'real', 'a.json'), 'utf8')).toBe('new');
  for (const name of Object.keys(links)) expect(lstatSync(join(path, name)).isSymbolicLink()).toBe(true);
  expect(readdirSync(join(path, 'real'))).toEqual(['a.json']);
});

test('links in a circle are an error', async () => {
  const path = folder();
  symlinkSync('b', join(path, 'a'));
  symlinkSync('a', join(path, 'b'));
  await expect(writeWhole(join(path, 'a'), 'x')).rejects.toThrow('ELOOP');
  expect(readdirSync(path)).toEqual(['a', 'b']);
});

test.each([0o640, 0o600, 0o664, 0o444])('a file keeps its mode %o', async (mode) => {
  const file = join(folder(), 'a.json');
  writeFileSync(file, 'old');
  chmodSync(file, mode);
  await writeWhole(file, 'new');
  expect([readFileSync(file, 'utf8'), lstatSync(file).mode & 0o7777]).toEqual(['new', mode]);
});

test.skipIf(process.getuid?.() !== 0)('a file keeps its owner', async () => {
  const file = join(folder(), 'a.json');
  writeFileSync(file, 'old');
  chownSync(file, 1234, 2345);
  await writeWhole(file, 'new');
  expect(lstatSync(file)).toMatchObject({ uid: 1234, gid: 2345 });
});

test.each(['pipe', 'link'])('a pipe stays one, and whoever reads from it gets the content: %s', async (name) => {
  const path = folder();
  execFileSync('mkfifo', [join(path, 'pipe')]);
  symlinkSync('pipe', join(path, 'link'));
  const [read] = await Promise.all([readFile(join(path, 'pipe'), 'utf8'), writeWhole(join(path, name), 'new')]);
  expect([read, lstatSync(join(path, 'pipe')).isFIFO(), readdirSync(path)]).toEqual(['new', true, ['link', 'pipe']]);
});

test('what cannot be written leaves nothing behind', async () => {
  const path = folder();
  mkdirSync(join(path, 'taken'));
  await expect(writeWhole(join(path, 'taken'), 'x')).rejects.toThrow('EISDIR');
  expect(readdirSync(path)).toEqual(['taken']);
  await expect(writeWhole(join(path, 'gone', 'x'), 'x')).rejects.toThrow('ENOENT');
});
