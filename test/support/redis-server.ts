import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { freePort } from '../../src/base/free-port.js';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';
import { waitUntil } from './wait-until.js';

export interface RedisServer {
  readonly port: number;
  /** `redis://127.0.0.1:<port>`, `rediss://` where it speaks TLS. */
  readonly url: string;
  /** What `redis-cli` prints of a command, without line break behind it. @throws with what it prints of a failure */
  command(...args: readonly string[]): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it; what it held is lost. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface RedisOptions {
  /** Of the command line, without port: `['--requirepass', 'x']`. */
  readonly args?: readonly string[];
  /** Put in the place of one that has ended. */
  readonly port?: number;
  readonly tls?: { readonly cert_file: string; readonly key_file: string; readonly ca_file: string };
  readonly password?: string;
  /** Watches masters in place of holding data. */
  readonly sentinel?: boolean;
}

/** A real redis-server on loopback, on a free port, empty, without a file on disk. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = temporaryFolder();
  const port = options.port ?? (await freePort());
  const { tls, password } = options;
  const listen =
    tls === undefined
      ? ['--port', String(port)]
      : ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'].concat([
          ...['--tls-cert-file', tls.cert_file, '--tls-key-file', tls.key_file, '--tls-ca-cert-file', tls.ca_file],
        ]);
  const common = ['--bind', '127.0.0.1', '--dir', folder.path, ...listen];
  const store = ['--save', '', '--appendonly', 'no', ...(password === undefined ? [] : ['--requirepass', password])];
  const file = options.sentinel === true ? [sentinelFile(folder), '--sentinel'] : [];
  const child = spawn(
    'redis-server',
    [...file, ...common, ...(options.sentinel === true ? [] : store), ...(options.args ?? [])],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      output += String(error);
      resolve();
    });
  });
  const command = (...args: readonly string[]): Promise<string> =>
    redisCli([
      ...['-h', '127.0.0.1', '-p', String(port), '--no-auth-warning'],
      ...(tls === undefined ? [] : ['--tls', '--cacert', tls.ca_file]),
      ...(password === undefined ? [] : ['-a', password]),
      ...args,
    ]);
  await waitUntil(
    () =>
      command('PING').then(
        (answer) => answer === 'PONG',
        () => false,
      ),
    {
      within: 10_000,
      describe: () => output,
      every: 20,
    },
  );
  return {
    port,
    url: `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`,
    command,
    signal: (signal) => void child.kill(signal),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      // One that stands still hears nothing.
      child.kill('SIGCONT');
      await exited;
      folder.remove();
    },
  };
}

/** Sentinel writes what it knows into its file. */
function sentinelFile(folder: TemporaryFolder): string {
  const file = `${folder.path}/sentinel.conf`;
  writeFileSync(file, '');
  return file;
}

async function redisCli(args: readonly string[]): Promise<string> {
  const child: ChildProcess = spawn('redis-cli', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const text = output.trimEnd();
  if (code !== 0 || /^\(error\)|^(?:ERR|NOAUTH|OOM|WRONGPASS) /.test(text)) throw new Error(text);
  return text;
}
