import { existsSync, readdirSync } from 'node:fs';
import type { Milliseconds } from '../../src/base/duration.js';
import { freePort } from '../../src/base/free-port.js';
import { MAX_RESPONSE_BYTES } from '../faults/application-faults.js';
import { configFor } from '../support/config.js';
import { untilDiscovered } from '../support/discovered.js';
import { type Program, startProgram } from '../support/program.js';
import type { Part } from '../support/stage.js';
import type { FoundationFacts } from './foundation.js';
import type { Downtime } from './reconcile.js';
import { readWait } from './starvation.js';

/** The program that is tried, through all its lives: each begins at the same port with what the one before has left. */
export interface Subject extends Part {
  readonly url: string;
  /** Of the life of now; undefined between two. */
  readonly program: Program | undefined;
  readonly downtimes: readonly Downtime[];
  /** Ends it at once, as the kernel does without memory, lets somebody look at what it has left, and starts it anew. */
  killAndRestart<T>(autopsy: () => Promise<T>): Promise<T & Rebirth>;
  /** What it said last, when it has ended and nobody wanted that. */
  deathWords(): string | undefined;
}

export interface Rebirth {
  /** From the start of the process to the first list of targets. */
  readonly discoveredMs: Milliseconds;
  /** Of that time, on the run queue without a processor. */
  readonly waitedMs: Milliseconds;
  readonly targets: number;
}

export interface SubjectOptions {
  readonly facts: FoundationFacts;
  readonly inventoryFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Lists are read so often that deployments are seen while they count. */
const EVERY_TEN_SECONDS = { org: 60, space: 60, domain: 60, application: 10, route: 10, process: 10 };
const LAST_LINES = 5;

export async function startSubject({ facts, inventoryFile, env }: SubjectOptions): Promise<Subject> {
  const port = await freePort();
  const config = configOf(facts, inventoryFile);
  const start = (): Promise<Program> => startProgram({ config, port, env });
  const downtimes: Downtime[] = [];
  let program: Program | undefined = await start();
  await untilDiscovered(program);
  return {
    url: program.url,
    get program() {
      return program;
    },
    downtimes,
    async killAndRestart(autopsy) {
      const dying = program;
      program = undefined;
      const fromMs = Date.now();
      if (dying !== undefined) process.kill(dying.pid, 'SIGKILL');
      await dying?.stop();
      const found = await autopsy();
      const reborn = await start();
      downtimes.push({ fromMs, untilMs: Date.now() });
      const { afterMs, paths } = await untilDiscovered(reborn);
      program = reborn;
      return { ...found, discoveredMs: afterMs, waitedMs: readWait(reborn.pid), targets: paths.length };
    },
    deathWords() {
      if (program === undefined || existsSync(`/proc/${program.pid}`)) return undefined;
      return program
        .log()
        .slice(-LAST_LINES)
        .map((line) => JSON.stringify(line))
        .join('\n');
    },
    async stop() {
      await program?.stop();
    },
    kill() {
      program?.kill();
    },
  };
}

export function countDescriptors({ pid }: Program): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function configOf(facts: FoundationFacts, file: string): object {
  const { cf, promregator } = configFor(facts, {
    targets: [{ orgName: facts.guarded, authenticatorId: 'uaa' }, { orgRegex: '.*' }],
    cf: { cache: { timeout: EVERY_TEN_SECONDS } },
    scraping: { maxResponseBytes: MAX_RESPONSE_BYTES },
  });
  const oauth2xsuaaBasic = {
    tokenServiceURL: `${facts.apiHost.replace('//api.', '//uaa.')}/oauth/token`,
    client_id: facts.client.id,
    client_secret: facts.client.secret,
  };
  const targetAuthenticators = [{ id: 'uaa', type: 'OAuth2XSUAABasic', oauth2xsuaaBasic }];
  return { cf, promregator: { ...promregator, targetAuthenticators, cache: { file } } };
}
