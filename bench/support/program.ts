import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Milliseconds } from '../../src/base/duration.js';
import { endChild, pidOf } from './child.js';
import type { Part } from './stage.js';
import { temporaryFolder } from './temporary-folder.js';
import { forgetPeak, readUsage, type Usage } from './usage.js';
import { waitFor } from './wait.js';

/** Executed itself, as the command `promregator` is: its first line carries Node's flags. */
const PROGRAM = fileURLToPath(new URL('../../src/main.js', import.meta.url));

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Promregator in a process of its own. */
export interface Program extends Part {
  readonly pid: number;
  readonly url: string;
  /** How it has ended, `exit 134` or `SIGKILL`; undefined while it runs. */
  end(): string | undefined;
  /** When it was started, by `performance.now()`. */
  readonly startedAtMs: Milliseconds;
  log(): readonly LogLine[];
  /** Another configuration in the place of the one that it was started with; it does not know yet. */
  rewrite(config: object): void;
  usage(): Usage;
  /** `usage().peakBytes` counts from now on. */
  forgetPeak(): void;
}

export interface ProgramOptions {
  /** A configuration as it would stand in promregator.yml. */
  readonly config: object;
  readonly args?: readonly string[];
  /** Absent: any free one. */
  readonly port?: number;
  /** Words that end by executing the command behind them. */
  readonly through?: readonly string[];
  /** Core that it is bound to; absent: any. */
  readonly core?: number;
  /** Beside `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Compiled `main.js`; absent: the one beside this file. */
  readonly main?: string;
}

/** Starts the program as an operator does, on loopback and any free port, and waits until it listens. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { config, args = [], port = 0, through = [], core, env = {}, main = PROGRAM } = options;
  const folder = temporaryFolder();
  const file = join(folder.path, 'promregator.yml');
  writeFileSync(file, stringify(config), { mode: 0o600 });
  const own = [
    'serve',
    `--config.file=${file}`,
    '--server.address=127.0.0.1',
    `--server.port=${port}`,
    '--log.format=json',
  ];
  const binding = core === undefined ? [] : ['taskset', '-c', String(core)];
  const command = [...through, ...binding, main, ...own, ...args];
  const startedAtMs = performance.now();
  const child = spawn(command[0] ?? main, command.slice(1), {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const log = (): LogLine[] => text.split('\n').slice(0, -1).flatMap(parseLine);
  const stop = async (): Promise<void> => {
    await endChild(child);
    folder.remove();
  };
  try {
    const pid = pidOf(child, main);
    const url = await waitFor(() => listeningUrl(log(), endOf(child), text), {
      withinMs: 15_000,
      everyMs: 5,
      what: () => `Promregator listens\n${text}`,
    });
    return {
      pid,
      url,
      startedAtMs,
      end: () => endOf(child),
      log,
      rewrite: (other) => writeFileSync(file, stringify(other)),
      usage: () => readUsage(pid),
      forgetPeak: () => forgetPeak(pid),
      stop,
      kill() {
        child.kill('SIGTERM');
        folder.remove();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function endOf({ exitCode, signalCode }: ChildProcess): string | undefined {
  if (signalCode !== null) return signalCode;
  return exitCode === null ? undefined : `exit ${exitCode}`;
}

function listeningUrl(log: readonly LogLine[], end: string | undefined, text: string): string | undefined {
  if (end !== undefined) throw new Error(`Promregator ended (${end}):\n${text}`);
  const url = log.find(({ message }) => message === 'listening')?.['url'];
  return typeof url === 'string' ? url : undefined;
}

/** A line that is no JSON is the start's own word on a wrong configuration. */
function parseLine(line: string): LogLine[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
