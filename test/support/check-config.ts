import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROGRAM } from './promregator-process.js';
import { temporaryFolder } from './temporary-folder.js';

/** What an operator has written, and where. `$DIR` in any of it stands for the working directory. */
export interface Situation {
  /** By name, in the working directory or below it. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Beside the mandatory options. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Without what each configuration has to have. */
  readonly bare?: true;
}

export interface Checked {
  readonly code: number | null;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** Names of options that mean nothing here. */
  readonly ignored: readonly string[];
  /** `value @ source` by option; undefined where nothing is set. */
  readonly effective: Readonly<Record<string, string | undefined>>;
  /** All that it wrote. */
  readonly output: string;
}

const MANDATORY = { CF_API_HOST: 'api.example.org', CF_USERNAME: 'reader', CF_PASSWORD: 'hunter2-cf' };

interface Report {
  readonly problems: readonly { readonly message: string }[];
  readonly warnings: readonly { readonly message: string }[];
  readonly ignored: readonly { readonly path: string }[];
  readonly effective: readonly { readonly path: string; readonly value: string | null; readonly source: string }[];
}

/** Asks the compiled program, in a working directory that holds nothing else. */
export async function checkConfig({ files = {}, env = {}, args = [], bare }: Situation): Promise<Checked> {
  const folder = temporaryFolder();
  const placed = (text: string): string => text.replaceAll('$DIR', folder.path);
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder.path, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === 'string' ? placed(content) : content);
    }
    const set = Object.entries({ ...(bare ? {} : MANDATORY), ...env }).map(([name, text]) => [name, placed(text)]);
    const child = spawn(process.execPath, [PROGRAM, 'check-config', '--format=json', ...args.map(placed)], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'], ...Object.fromEntries(set) },
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
    const unplaced = output.stdout.replaceAll(folder.path, '$DIR');
    if (output.stderr !== '') throw new Error(`check-config wrote to stderr: ${output.stderr}`);
    const report: Report = JSON.parse(unplaced);
    return {
      code,
      problems: report.problems.map(({ message }) => message),
      warnings: report.warnings.map(({ message }) => message),
      ignored: report.ignored.map(({ path }) => path),
      effective: Object.fromEntries(
        report.effective.map(({ path, value, source }) => [path, value === null ? undefined : `${value} @ ${source}`]),
      ),
      output: unplaced,
    };
  } finally {
    folder.remove();
  }
}
