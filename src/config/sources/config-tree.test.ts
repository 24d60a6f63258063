import { expect, test } from 'vitest';
import { z } from 'zod';
import { type Findings, formatProblem } from '../report.js';
import { shapeOf } from '../shape.js';
import { leavesOf } from '../tree.js';
import { readConfigTree } from './config-tree.js';
import { createFileAccess, type FolderEntry } from './file-access.js';

const SHAPE = shapeOf(z.object({}));

interface Outcome {
  readonly names: number;
  readonly problems: readonly string[];
}

async function read(list: (path: string) => readonly FolderEntry[], fault?: Error): Promise<Outcome> {
  const files = createFileAccess({
    cwd: '/',
    listFolder: async (path) => list(path),
    async readFile() {
      if (fault !== undefined) throw fault;
      return Buffer.from('x');
    },
  });
  const findings: Findings = { problems: [], warnings: [] };
  const tree = await readConfigTree('/s/', files, SHAPE, findings);
  return { names: leavesOf(tree).length, problems: findings.problems.map(formatProblem) };
}

test('a link that leads up ends', async () => {
  const entries: readonly FolderEntry[] = [
    { name: 'a', kind: 'file' },
    { name: 'up', kind: 'folder' },
  ];
  expect(await read(() => entries)).toEqual({ names: 17, problems: [] });
});

test('more files than anybody mounts are a problem', async () => {
  const entries = Array.from({ length: 1001 }, (_, at): FolderEntry => ({ name: `a${at}`, kind: 'file' }));
  expect(await read(() => entries)).toEqual({
    names: 0,
    problems: ['/s/: found more than 1000 files, expected a file for each option'],
  });
});

test.each([
  ['that went away meanwhile is none', 'ENOENT', []],
  [
    'that cannot be read is a problem',
    'EACCES',
    ['/s/a: found a file that this user may not read, expected a readable file'],
  ],
])('a file %s', async (_, code, problems) => {
  const fault = Object.assign(new Error('denied'), { code });
  expect(await read(() => [{ name: 'a', kind: 'file' }], fault)).toEqual({ names: 0, problems });
});
