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
  const child = spawn(process.execPath, [PROGRAM, command, ...args], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const [code] = await once(child, 'close');
  folder.remove();
  return { code, ...output };
}
