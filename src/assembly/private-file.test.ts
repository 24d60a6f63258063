import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../test/support/temporary-folder.js';
import { readPrivateFile, removeLeftovers, replacePrivateFile, whyNotPrivate } from './private-file.js';

let folder: TemporaryFolder;
let path: string;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'inventory');
});

afterEach(() => folder.remove());

const isOurs = (start: Buffer): boolean => start.length === 0 || start.toString().startsWith('ours');
const replace = (content = 'ours, new'): Promise<void> => replacePrivateFile(path, Buffer.from(content), isOurs);

describe('who may have written it', () => {
  const US = { user: 1000, groups: [1000, 2000] };

  test.each<[string, number, number, number, RegExp | undefined]>([
    ['ours alone', 1000, 1000, 0o600, undefined],
    ['ours, readable', 1000, 1000, 0o644, undefined],
    ["ours, and our group's", 1000, 1000, 0o660, undefined],
    ['of a volume of Kubernetes', 1000, 2000, 0o660, undefined],
    ["root's", 0, 0, 0o644, undefined],
    ['ours, and of a group that we are not in', 1000, 3000, 0o660, /group 3000 may write it; chmod g-w/],
    ["everybody's", 1000, 1000, 0o602, /everybody may write it; chmod o-w/],
    ["root's and everybody's", 0, 0, 0o666, /everybody may write it/],
    ["another user's", 1001, 1000, 0o600, /belongs to user 1001, and this is user 1000/],
  ])('%s', (_, uid, gid, mode, reason) => {
    const said = whyNotPrivate({ uid, gid, mode }, US);
    if (reason === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(reason);
  });

  test('nobody can tell where there are no users', () => {
    expect(whyNotPrivate({ uid: 0, gid: 0, mode: 0o666 }, undefined)).toBeUndefined();
  });
});

describe('reading', () => {
  test.each<[string, () => void, string]>([
    ['no file', () => undefined, 'ENOENT'],
    ['a folder', () => mkdirSync(path), 'not_a_file'],
    ['a device', () => symlinkSync('/dev/zero', path), 'not_a_file'],
    ['one that is too large', () => writeFileSync(path, 'x'.repeat(101), { mode: 0o600 }), 'too_large'],
    [
      'one that everybody may write',
      () => {
        writeFileSync(path, 'ours');
        chmodSync(path, 0o666);
      },
      'not_private',
    ],
  ])('%s', async (_, make, code) => {
    make();
    await expect(readPrivateFile(path, 100)).rejects.toMatchObject({ code });
  });

  test('by a link', async () => {
    writeFileSync(join(folder.path, 'elsewhere'), 'ours', { mode: 0o600 });
    symlinkSync('elsewhere', path);
    expect((await readPrivateFile(path, 100)).toString()).toBe('ours');
  });
});

describe('replacing', () => {
  test.each<[string, () => void]>([
    ['none', () => undefined],
    ['an empty one', () => writeFileSync(path, '')],
    ['one of ours that everybody may write', () => writeFileSync(path, 'ours, old', { mode: 0o666 })],
  ])('%s', async (_, make) => {
    make();
    await replace();
    expect(readFileSync(path, 'utf8')).toBe('ours, new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder.path)).toEqual(['inventory']);
  });

  test('where a link leads', async () => {
    mkdirSync(join(folder.path, 'data'));
    writeFileSync(join(folder.path, 'data', 'real'), 'ours, old');
    symlinkSync('data/real', path);
    await replace();
    expect(readFileSync(join(folder.path, 'data', 'real'), 'utf8')).toBe('ours, new');
    expect(readdirSync(folder.path).sort()).toEqual(['data', 'inventory']);
    expect(readdirSync(join(folder.path, 'data'))).toEqual(['real']);
  });

  test.each<[string, () => void, string]>([
    ['something else', () => writeFileSync(path, 'cf:\n'), 'taken'],
    ['a folder', () => mkdirSync(path), 'not_a_file'],
    ['a device', () => symlinkSync('/dev/null', path), 'not_a_file'],
  ])('leaves %s alone', async (_, make, code) => {
    make();
    const before = readdirSync(folder.path);
    await expect(replace()).rejects.toMatchObject({ code });
    expect(readdirSync(folder.path)).toEqual(before);
    if (code === 'taken') expect(readFileSync(path, 'utf8')).toBe('cf:\n');
  });

  test('a link that leads nowhere', async () => {
    symlinkSync('nowhere/file', path);
    await replace();
    expect(readFileSync(path, 'utf8')).toBe('ours, new');
    expect(lstatSync(path).isFile()).toBe(true);
  });

  test('in a folder that is not there', async () => {
    path = join(folder.path, 'nowhere', 'inventory');
    await expect(replace()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('what a killed process has left goes, and nothing else', async () => {
    const ours = '.inventory.0f1e2d3c-0000-4000-8000-000000000000.new';
    const others = ['.inventory.new', '.other.0f1e2d3c-0000-4000-8000-000000000000.new', 'inventory', `${ours}.bak`];
    for (const name of [ours, ...others]) writeFileSync(join(folder.path, name), 'ours');
    await removeLeftovers(path);
    expect(readdirSync(folder.path).sort()).toEqual([...others].sort());
  });
});
