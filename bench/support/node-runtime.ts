import { execFileSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

/** The Node that programs are run by. */
export interface NodeRuntime {
  readonly version: string;
  /** The program itself. */
  readonly path: string;
  /** Lets the first line of a program find it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Of a major version as npm has it; without one, the Node that runs this. */
export function nodeRuntime(major?: string): NodeRuntime {
  if (major === undefined) return { version: process.versions.node, path: process.execPath, env: {} };
  const print = ['node', '-p', '[process.versions.node, process.execPath].join(" ")'];
  const args = ['exec', '--yes', '--loglevel=error', `--package=node@${major}`, '--', ...print];
  const answer = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  const [version = '', path = ''] = answer.split(' ');
  return { version, path, env: { PATH: `${dirname(path)}${delimiter}${process.env['PATH'] ?? ''}` } };
}
