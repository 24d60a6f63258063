import { readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { openLogFile } from './log-file.js';

const folder = temporaryFolder();
afterEach(() => folder.remove());

test('lines are appended, to a new file after the old one was moved away', async () => {
  const path = join(folder.path, 'promregator.log');
  for (const line of ['1\n', '2\n']) {
    const file = openLogFile(path, unexpected);
    file.write(line);
    await file.close();
  }
  renameSync(path, `${path}.1`);
  const file = openLogFile(path, unexpected);
  file.write('3\n');
  await file.close();
  expect([readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['1\n2\n', '3\n']);
  expect(statSync(path).mode & 0o007).toBe(0);
});

test('a file that cannot be written is complained of once', async () => {
  const complaints: string[] = [];
  const file = openLogFile(join(folder.path, 'not', 'there', 'x.log'), (sentence) => complaints.push(sentence));
  file.write('1\n');
  file.write('2\n');
  await file.close();
  file.write('3\n');
  expect(complaints).toEqual([expect.stringMatching(/^the log file cannot be written: .*ENOENT/)]);
});

function unexpected(sentence: string): void {
  throw new Error(sentence);
}
