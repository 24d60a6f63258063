import { readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { createLogOutput } from './log-output.js';

const folder = temporaryFolder();
afterEach(() => folder.remove());

test('lines go to the stream, to the file, and to a new file after it was moved away', async () => {
  const lines: string[] = [];
  const output = createLogOutput({ write: (line) => lines.push(line) });
  const path = join(folder.path, 'promregator.log');
  output.write('1\n');
  output.useFile(path);
  output.write('2\n');
  await waitUntil(() => readIfThere(path) === '2\n', { within: 5_000, describe: () => 'the first file' });
  renameSync(path, `${path}.1`);
  output.useFile(path);
  output.write('3\n');
  await output.close();
  output.write('4\n');
  expect(lines.join('')).toBe('1\n2\n3\n4\n');
  expect([readIfThere(`${path}.1`), readIfThere(path)]).toEqual(['2\n', '3\n']);
  expect(statSync(path).mode & 0o007).toBe(0);
});

test('a file that cannot be written is said once, and lines go on', async () => {
  const lines: string[] = [];
  const output = createLogOutput({ write: (line) => lines.push(line) });
  output.useFile(join(folder.path, 'not', 'there', 'x.log'));
  await waitUntil(() => lines.length > 0, { within: 5_000, describe: () => 'the complaint' });
  output.write('1\n');
  await output.close();
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^the log file cannot be written: .*ENOENT/);
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
