import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Milliseconds } from '../../src/base/duration.js';
import { freePort } from '../../src/base/free-port.js';
import { endChild, pidOf } from './child.js';
import type { Part } from './stage.js';
import { temporaryFolder } from './temporary-folder.js';
import { waitFor } from './wait.js';

const READY_WITHIN_MS: Milliseconds = 10_000;

const execute = promisify(execFile);

/** A real redis-server on loopback, empty, without a file on disk. */
export interface Redis extends Part {
  readonly url: string;
  /** What `redis-cli` prints of a command. */
  command(...args: readonly string[]): Promise<string>;
  /** A number of `INFO`, as `used_memory`; NaN of none. */
  figure(name: string): Promise<number>;
}

export async function startRedis(): Promise<Redis> {
  const folder = temporaryFolder();
  const port = String(await freePort());
  const child = spawn(
    'redis-server',
    ['--bind', '127.0.0.1', '--port', port, '--dir', folder.path, '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  child.on('error', () => undefined);
  const stop = async (): Promise<void> => {
    await endChild(child);
    folder.remove();
  };
  const command = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execute('redis-cli', ['-h', '127.0.0.1', '-p', port, ...args]);
    return stdout.trimEnd();
  };
  const isReady = async (): Promise<true | undefined> =>
    (await command('PING').catch(() => '')) === 'PONG' ? true : undefined;
  try {
    pidOf(child, 'redis-server (apt-get install redis-server)');
    await waitFor(isReady, { withinMs: READY_WITHIN_MS, everyMs: 20, what: () => 'Redis answers' });
    return {
      url: `redis://127.0.0.1:${port}`,
      command,
      figure: async (name) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await command('INFO'))?.[1]),
      stop,
      kill() {
        child.kill('SIGKILL');
        folder.remove();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
