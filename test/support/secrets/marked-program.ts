import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PROGRAM } from '../promregator-process.js';
import { waitUntil } from '../wait-until.js';

export interface MarkedStart {
  readonly config: object;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The program as it runs, in whichever form it logs. */
export interface MarkedProgram {
  /** Base URL that it listens at. */
  readonly url: string;
  readonly child: ChildProcess;
  /** What else it was started with, to ask `check-config` the same. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** All that it has written to stdout and stderr. */
  output(): string;
  rewrite(config: string): void;
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

export async function startMarked(
  folder: string,
  name: string,
  { config, args = [], env = {} }: MarkedStart,
): Promise<MarkedProgram> {
  const file = join(folder, `${name}.yml`);
  writeFileSync(file, stringify(config));
  const whole = [
    `--config.file=${file}`,
    '--server.address=127.0.0.1',
    '--server.port=0',
    '--web.enable-lifecycle',
    ...args,
  ];
  const child = spawn(process.execPath, [PROGRAM, 'serve', ...whole], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = await waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${text}`);
      const line = text.split('\n').find((each) => /\blistening\b/.test(each)) ?? '';
      return /https?:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    },
    { within: 20_000, describe: () => text, every: 20 },
  ).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    url,
    child,
    args: whole,
    env,
    output: () => text,
    rewrite: (content) => writeFileSync(file, content),
    exited,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
