import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
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

test('less may be asked for', async () => {
  const path = join(folder.path, 'small');
  writeFileSync(path, 'abc');
  expect((await readBoundedFile(path, 3)).toString()).toBe('abc');
  await expect(readBoundedFile(path, 2)).rejects.toMatchObject({ code: 'too_large' });
});

test.each([
  ['a file that is not there', 'none', 'ENOENT'],
  ['a folder', '.', 'EISDIR'],
])('%s', async (_, name, code) => {
  await expect(readBoundedFile(join(folder.path, name))).rejects.toMatchObject({ code });
});

describe('a pipe', () => {
  const pipes = join(folder.path, 'pipes');
  mkdirSync(pipes);
  const makePipe = (name: string): string => {
    execFileSync('mkfifo', [join(pipes, name)]);
    return join(pipes, name);
  };
  const hasty = { writerMs: 50, dataMs: 50 };

  test('that nobody writes to is given up', async () => {
    const reading = readBoundedFile(makePipe('a'), 100, hasty);
    await expect(reading).rejects.toMatchObject({ code: 'pipe_silent' });
  });

  test('that is open and silent is given up', async () => {
    const path = makePipe('b');
    const writer = spawn('sh', ['-c', `exec 3<>"${path}"; echo open; exec cat`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(writer.stdout, 'data');
    await expect(readBoundedFile(path, 100, hasty)).rejects.toMatchObject({ code: 'pipe_silent' });
    writer.stdin.end();
    await once(writer, 'close');
  });

  test('is read to its end, however late somebody writes', async () => {
    const path = makePipe('c');
    const reading = readBoundedFile(path);
    const writer = spawn('sh', ['-c', `{ echo one; echo two; } > "${path}"`]);
    const closed = once(writer, 'close');
    expect((await reading).toString()).toBe('one\ntwo\n');
    await closed;
  });
});
