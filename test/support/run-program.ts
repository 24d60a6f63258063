import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PROGRAM } from './promregator-process.js';
import { temporaryFolder } from './temporary-folder.js';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramRun {
  readonly command: 'serve' | 'discover';
  readonly config: object;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the program until it ends by itself. It reads `promregator.yml`, in a folder that is gone afterwards. */
export async function runProgram({ command, config, args = [], env = {} }: ProgramRun): Promise<Ended> {
  const folder = temporaryFolder();
  writeFileSync(join(folder.path, 'promregator.yml'), stringify(config));
  const ended = await runTyped({ args: [command, ...args], env, cwd: folder.path });
  folder.remove();
  return ended;
}

export interface Typed {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where it is typed; that of the tests unless said. */
  readonly cwd?: string;
  /** What comes in by standard input; nothing unless said. */
  readonly stdin?: string | Uint8Array;
}

/** Runs the program as typed in a shell, until it ends by itself and all of its output is there. */
export async function runTyped({ args, env = {}, cwd = process.cwd(), stdin = '' }: Typed): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  // Who refuses an argument does not read on.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [code] = await once(child, 'close');
  return { code, ...output };
}
