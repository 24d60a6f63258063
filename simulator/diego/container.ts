import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Clock } from '../../src/base/clock.js';
import type { Milliseconds } from '../../src/base/duration.js';
import { describeError } from '../../src/base/errors.js';
import type { Watchman } from './watchman.js';

export interface ContainerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly watchman: Watchman;
  readonly clock: Clock;
  onLine(stream: 'OUT' | 'ERR', text: string): void;
}

/** One process with all that it starts itself. */
export interface Container {
  readonly pid: number | undefined;
  /** The first process has ended, and with it all others. */
  readonly ended: Promise<Exit>;
  /** SIGTERM to the first process, and SIGKILL to all when that has not ended it in time. */
  stop(graceMs: Milliseconds): void;
  /** To the first process alone, as whoever logs in to the container could do it; SIGKILL to all. */
  signal(signal: NodeJS.Signals): void;
}

export interface Exit {
  /** As a shell says it: 128 and the signal's number for one that was killed. */
  readonly status: number;
}

/** As a shell says it of a command that is not there. */
const NOT_FOUND = 127;

export function startContainer(options: ContainerOptions): Container {
  const { watchman } = options;
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    // A group of its own, so that all of it can be ended at once.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) watchman.watch(pid);
  passLines(child.stdout, (text) => options.onLine('OUT', text));
  passLines(child.stderr, (text) => options.onLine('ERR', text));
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      if (pid !== undefined) {
        killGroup(pid);
        watchman.forget(pid);
      }
      resolve({ status: code ?? 128 + numberOf(signal) });
    });
    child.once('error', (error) => {
      options.onLine('ERR', `cannot start ${options.command}: ${describeError(error)}`);
      if (pid === undefined) resolve({ status: NOT_FOUND });
    });
  });
  return {
    pid,
    ended,
    stop(graceMs) {
      child.kill('SIGTERM');
      const timer = options.clock.after(graceMs, () => {
        if (pid !== undefined) killGroup(pid);
      });
      void ended.then(() => timer.cancel());
    },
    signal(signal) {
      if (signal === 'SIGKILL' && pid !== undefined) killGroup(pid);
      else child.kill(signal);
    },
  };
}

function passLines(stream: Readable, pass: (text: string) => void): void {
  createInterface({ input: stream }).on('line', pass);
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left in it: that is what was wanted.
  }
}

function numberOf(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}
