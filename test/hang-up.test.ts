import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { PROGRAM } from './support/promregator-process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  until(text: string): Promise<void>;
}

function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], HOME: folder.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const output = (): string => text;
  return {
    child,
    output,
    async until(words) {
      await waitUntil(async () => text.includes(words), { within: 15_000, describe: output, every: 5 });
    },
  };
}

/** As the kernel has it: earlier than that the signal would meet Node alone. */
async function untilHeard({ pid }: ChildProcess): Promise<void> {
  const isHeard = (): boolean => {
    const [, caught = '0'] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return (BigInt(`0x${caught}`) & 1n) === 1n;
  };
  await waitUntil(async () => isHeard(), { within: 15_000, describe: () => 'SIGHUP is not heard', every: 1 });
}

test('a server lives through SIGHUP at any moment, and reads its configuration when it comes to that', async () => {
  writeFileSync(
    join(folder.path, 'promregator.yml'),
    stringify({
      promregator: { simulation: { enabled: true, instances: 1 }, targets: [{ orgRegex: '.*' }] },
      server: { address: '127.0.0.1', port: 0 },
    }),
  );
  const { child, until, output } = start(['serve']);
  await untilHeard(child);
  child.kill('SIGHUP');
  await until('configuration read anew');
  expect(output().indexOf('listening')).toBeLessThan(output().indexOf('configuration read anew'));
  child.kill('SIGTERM');
  await until('stopping');
  child.kill('SIGHUP');
  await until('stopped');
  child.kill('SIGHUP');
  await once(child, 'close');
  expect([child.exitCode, child.signalCode]).toEqual([0, null]);
});

test.each([
  ['demo', ['demo', '--no-prometheus', '--port=0'], 'Ctrl-C ends'],
  ['simulate', ['simulate'], 'Simulated Cloud Foundry'],
])('%s ends with its terminal', async (_, args, words) => {
  const { child, until } = start(args);
  await until(words);
  child.kill('SIGHUP');
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGHUP');
});
