import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { PROGRAM } from './support/promregator-process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

/** More than a pipe takes before somebody reads from it, which is 64 KiB. */
const TEXT = 'x'.repeat(300_000);
const ENV = { PATH: process.env['PATH'], ENCRYPT_KEY: 'key' };

const folder = temporaryFolder();
const big = join(folder.path, 'big.yml');
const rules = Array.from({ length: 2_000 }, (_, at) => `  - {orgName: organization-${at}, spaceName: space-${at}}\n`);
writeFileSync(big, `cf: {api_host: a, username: u, password: p}\npromregator.targets:\n${rules.join('')}`);
const bad = join(folder.path, 'bad.yml');
writeFileSync(bad, 'server.port: http\n');
afterAll(() => folder.remove());

function start(args: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: ENV, stdio: ['pipe', stdout, 'pipe'] });
  child.stdin?.on('error', () => undefined);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function endOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

/** When the pipe is full and the program waits: it has begun, and nobody has read on. */
async function untilFull(child: ChildProcess): Promise<void> {
  await waitUntil(async () => (child.stdout?.readableLength ?? 0) > 0, {
    within: 10_000,
    describe: () => '',
    every: 10,
  });
}

describe('what is longer than a pipe comes whole to a reader who is slow', () => {
  test.each<[string, readonly string[], (text: string) => unknown, unknown]>([
    ['check-config', ['check-config', big, '--format=json'], (text) => JSON.parse(text).ok, true],
    ['encrypt', ['encrypt'], (text) => text.length, '{cipher}'.length + 2 * (16 + 300_016 - (300_000 % 16)) + 1],
  ])('%s', async (_, args, look, expected) => {
    const child = start(args);
    child.stdin?.end(TEXT);
    child.stdout?.pause();
    await once(child.stdout ?? child, 'readable');
    const [text, { code }] = await Promise.all([child.stdout?.setEncoding('utf8').toArray(), endOf(child)]);
    expect([code, look((text ?? []).join(''))]).toEqual([0, expected]);
  });
});

test.each<[string, readonly string[], number]>([
  ['a good configuration', ['check-config', big, '--format=json'], 0],
  ['a bad configuration', ['check-config', bad], 78],
  ['a program that runs on', ['simulate'], 0],
])('a reader that leaves is no failure: %s', async (_, args, code) => {
  const child = start(args);
  child.stdout?.destroy();
  expect(await endOf(child)).toEqual({ code, stderr: '' });
});

test.each<[string, readonly string[], number]>([
  ['where it would have been 0', ['check-config', big], 1],
  ['of the configuration, where that is bad', ['check-config', bad], 78],
  ['of the version', ['--version'], 1],
])('a full disk is told, with the exit code %s', async (_, args, code) => {
  const full = openSync('/dev/full', 'w');
  const ended = await endOf(start(args, full));
  closeSync(full);
  expect(ended.code).toBe(code);
  expect(ended.stderr).toMatch(/^promregator: the output could not be written: .*ENOSPC.*\n$/);
});

test('a signal ends a program whose reader does not read', async () => {
  const child = start(['check-config', big, '--format=json']);
  child.stdout?.pause();
  const ended = endOf(child);
  await untilFull(child);
  child.kill('SIGTERM');
  await once(child, 'exit');
  child.stdout?.resume();
  expect((await ended).code).toBe(130);
});
