import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Simulator } from '../../simulator/simulator.js';
import { temporaryFolder } from './temporary-folder.js';
import { waitUntil } from './wait-until.js';

/** The compiled program, as `npm run build` left it: `npm test` builds first. */
export const PROGRAM = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

export interface LogLine {
  readonly level: string;
  readonly logger: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface PromregatorProcess {
  readonly url: string;
  readonly child: ChildProcess;
  log(): readonly LogLine[];
  /** All that it has printed so far, as it is. */
  output(): string;
  /** The file that it was started with. */
  readonly configFile: string;
  /** Another configuration in the place of the one that it was started with; it does not know yet. */
  rewrite(config: object | string): void;
  /** Ends it and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StartOptions {
  /** A configuration as it would stand in promregator.yml. */
  readonly config: object;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the program as an operator would: a file, an environment, a command line; on loopback, on any free port. */
export async function startPromregator(options: StartOptions): Promise<PromregatorProcess> {
  const folder = temporaryFolder();
  const file = join(folder.path, 'promregator.yml');
  writeFileSync(file, stringify(options.config));
  const child = spawn(
    process.execPath,
    [
      PROGRAM,
      'serve',
      `--config.file=${file}`,
      '--server.address=127.0.0.1',
      '--log.format=json',
      ...portArgument(options.args),
    ],
    { env: { PATH: process.env['PATH'], ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const log = (): LogLine[] => text.split('\n').slice(0, -1).flatMap(parseLine);
  const url = await waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`Promregator ended with ${child.exitCode}:\n${text}`);
      const line = log().find(({ message }) => message === 'listening');
      return typeof line?.['url'] === 'string' ? line['url'] : undefined;
    },
    { within: 15_000, describe: () => text, every: 20 },
  );
  return {
    url,
    child,
    log,
    output: () => text,
    configFile: file,
    rewrite: (config) => writeFileSync(file, typeof config === 'string' ? config : stringify(config)),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const code = await exited;
      folder.remove();
      return code;
    },
  };
}

function portArgument(args: readonly string[] = []): readonly string[] {
  return args.some((argument) => argument.startsWith('--server.port=')) ? args : ['--server.port=0', ...args];
}

function parseLine(line: string): LogLine[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** What every test's configuration needs to reach the simulated foundation, with short refresh intervals. */
export function configFor(simulator: Simulator, promregator: object = {}): { cf: object; promregator: object } {
  return {
    cf: {
      api_host: simulator.apiHost,
      username: simulator.username,
      password: simulator.password,
      tls_config: { ca_file: simulator.caFile },
      cache: { timeout: { org: 1, space: 1, domain: 1, application: 1, route: 1, process: 1 } },
    },
    promregator: {
      connectTo: [...simulator.connectTo],
      scraping: { tls_config: { ca_file: simulator.caFile } },
      targets: [{ orgRegex: '.*' }],
      ...promregator,
    },
  };
}
