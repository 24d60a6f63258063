import { describe, expect, test } from 'vitest';
import { loadConfig } from '../load-config.js';
import { formatProblem } from '../report.js';
import type { FolderEntry } from '../sources/file-access.js';

const ENV = { CF_API_HOST: 'api.example.org', CF_USERNAME: 'reader', CF_PASSWORD: 'x' };

/** Folders with the names in them, or what the file system says in their place. */
const FOLDERS: Readonly<Record<string, readonly FolderEntry[] | string>> = {
  '/': [{ name: 'var', kind: 'folder' }],
  '/work': [],
  '/var': [
    { name: 'data', kind: 'folder' },
    { name: 'hidden', kind: 'folder' },
    { name: 'file', kind: 'file' },
  ],
  '/var/data': [{ name: 'inventory', kind: 'file' }],
  '/var/data/inventory': 'ENOTDIR',
  '/var/file': 'ENOTDIR',
  '/var/hidden': 'EACCES',
};

async function listFolder(path: string): Promise<readonly FolderEntry[]> {
  const found = FOLDERS[path] ?? 'ENOENT';
  if (typeof found !== 'string') return found;
  throw Object.assign(new Error(found), { code: found });
}

async function warningsOf(file: string): Promise<readonly string[]> {
  const { warnings, ok } = await loadConfig({
    args: ['--server.address=127.0.0.1', '--promregator.targets[0].orgName=a', `--promregator.cache.file=${file}`],
    env: ENV,
    cwd: '/work',
    readFile: async () => {
      throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    },
    listFolder,
  });
  // It is no reason not to start.
  expect(ok).toBe(true);
  return warnings.map(formatProblem);
}

describe('promregator.cache.file', () => {
  test.each<[string, string, string | undefined]>([
    ['there', '/var/data/inventory', undefined],
    ['not there yet', '/var/data/new', undefined],
    ['beside the program', 'inventory', undefined],
    ['in a folder that this user may not see', '/var/hidden/inventory', undefined],
    [
      'in a folder that is missing',
      '/var/gone/inventory',
      'found "/var/gone/inventory", whose folder is not there, expected a folder that Promregator may write into; make "/var/gone"',
    ],
    [
      'below a file',
      '/var/file/inventory',
      'found "/var/file/inventory", above which a file stands in place of a folder, expected a folder that Promregator may write into; name a file elsewhere',
    ],
    ['a folder', '/var/data', 'found "/var/data", which is a folder, expected the name of a file; name a file in it'],
    [
      'written as a folder',
      '/var/new/',
      'found "/var/new/", which is a folder, expected the name of a file; name a file in it',
    ],
  ])('%s', async (_, file, sentence) => {
    const warnings = await warningsOf(file);
    expect(warnings).toEqual(
      sentence === undefined ? [] : [`command line --promregator.cache.file: promregator.cache.file: ${sentence}`],
    );
  });
});
