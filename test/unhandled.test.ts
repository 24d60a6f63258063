import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, type PromregatorProcess } from './support/promregator-process.js';
import { startReady } from './support/ready-program.js';
import { runProgram } from './support/run-program.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'fixtures', 'trouble-preload.mjs')).href;

const folder = temporaryFolder();
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 3, instances: 2 });
});

afterAll(async () => {
  await simulator.stop();
  folder.remove();
});

interface Trouble {
  readonly trouble: string;
  readonly promregator?: object;
  readonly others?: object;
  readonly nodeOptions?: string;
}

async function startWith({
  trouble,
  promregator = {},
  others = {},
  nodeOptions = '',
}: Trouble): Promise<PromregatorProcess> {
  const program = await startReady({
    config: { ...configFor(simulator, promregator), server: { drainSeconds: 0 }, ...others },
    env: { NODE_OPTIONS: `--import=${PRELOAD} ${nodeOptions}`, TROUBLE: trouble },
  });
  onTestFinished(async () => void (await program.stop('SIGKILL')));
  return program;
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Brings the trouble about, and waits until the process has ended and all that it said is there. */
async function endOf({ child, url }: PromregatorProcess): Promise<End> {
  const closed = once(child, 'close');
  child.kill('SIGUSR2');
  const ask = setInterval(() => void fetch(`${url}/-/healthy`).catch(() => undefined), 20);
  const [code, signal] = await closed;
  clearInterval(ask);
  return { code, signal };
}

const LAST_WORDS = 'this error was not handled anywhere, so the program ends';

describe('an error that nobody handles ends the program with 70 and says so last', () => {
  test.each<[trouble: string, words: string]>([
    ['an exception in a timer', 'boom in a timer'],
    ['a rejection that nobody awaits', 'boom in a promise'],
    ['a rejection with a text', 'boom as a text'],
    ['an exception in a request', 'boom in a request'],
    ['an exception behind much output', 'boom behind much output'],
    ['two exceptions', 'the first boom'],
  ])('%s', async (trouble, words) => {
    const program = await startWith({ trouble });
    expect(await endOf(program)).toEqual({ code: 70, signal: null });
    const said = program.log().filter(({ message }) => message === LAST_WORDS);
    expect(said).toEqual([
      expect.objectContaining({ level: 'fatal', error: expect.stringContaining(words), exitCode: 70 }),
    ]);
    expect(program.output().trimEnd().split('\n').at(-1)).toContain(words);
  });

  test('in the log file too, in its own form', async () => {
    const file = join(folder.path, 'promregator.log');
    const logging = { file: { name: file }, structured: { format: { file: 'logstash' } } };
    const program = await startWith({ trouble: 'an exception in a timer', others: { logging } });
    expect((await endOf(program)).code).toBe(70);
    const last = JSON.parse(readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ message: LAST_WORDS, level: 'FATAL', level_value: 40_000, error: 'boom in a timer' });
    expect(last.stack_trace ?? last.stack).toContain('boom in a timer\n');
  });

  test('before the configuration has been read, as a plain line', async () => {
    const ended = await runProgram({
      command: 'serve',
      config: configFor(simulator),
      env: { NODE_OPTIONS: `--import=${PRELOAD}`, TROUBLE: 'a rejection at once' },
    });
    expect(ended).toEqual({ code: 70, stdout: '', stderr: `promregator: ${LAST_WORDS}: boom at once\n` });
  });
});

test('without memory V8 ends the program itself, with SIGABRT and its own words', async () => {
  const program = await startWith({ trouble: 'no memory', nodeOptions: '--max-old-space-size=64' });
  expect(await endOf(program)).toEqual({ code: null, signal: 'SIGABRT' });
  expect(program.output()).toMatch(/FATAL ERROR: .*JavaScript heap out of memory/);
});

/** Callers take some, connections to the application the rest. */
const FURTHER_DESCRIPTORS = 40;

describe('what ends no program', () => {
  const HASH = '$2b$04$npLTpEC9JhtLpuQagROdyOP53WV0MNB/shm46Ojui6k7k7t6y6rta';

  test('a thread for passwords that dies is replaced, unseen by callers', async () => {
    const promregator = {
      discovery: { auth: 'BASIC' },
      authentication: { users: [{ username: 'prometheus', password: `{bcrypt}${HASH}` }] },
    };
    const program = await startWith({ trouble: 'a thread that dies', promregator });
    const ask = async (password: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}`;
      return (await fetch(`${program.url}/discovery`, { headers: { authorization } })).status;
    };
    expect(await ask('right')).toBe(200);
    for (const round of [1, 2, 3]) {
      program.child.kill('SIGUSR2');
      await waitUntil(() => program.output().split('a thread has died').length > round, {
        within: 10_000,
        describe: program.output,
        every: 5,
      });
      expect(await ask(`wrong ${round}`)).toBe(401);
    }
    expect(program.child.exitCode).toBe(null);
  });

  test('more connections than file descriptors: the scrape fails and says why', async () => {
    const scraping = { tls_config: { ca_file: simulator.caFile }, maxConcurrentPerInstance: 64 };
    const program = await startWith({ trouble: 'none', promregator: { scraping } });
    const { pid } = program.child;
    const descriptors = readdirSync(`/proc/${pid}/fd`).length;
    // After the start, since loading modules needs many at once.
    execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${descriptors + FURTHER_DESCRIPTORS}`]);
    const one = (path: string): Promise<Response> => fetch(program.url + path, { signal: AbortSignal.timeout(10_000) });
    const [app] = simulator.world.applications();
    const fault = simulator.faults.add({ kind: 'scrape', action: { type: 'delay', delayMs: 300 } });
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const answer = await one(`/singleTargetMetrics/${app?.guid}/${index % 2}`).catch(() => undefined);
        return `${answer?.status} ${await answer?.text()}`;
      }),
    );
    fault.remove();
    expect(answers.filter((answer) => /^502 .*EMFILE/.test(answer)).length, answers.join('\n')).toBeGreaterThan(0);
    await waitUntil(async () => (await one(`/singleTargetMetrics/${app?.guid}/0`)).ok, {
      within: 10_000,
      describe: program.output,
      every: 50,
    });
    expect(program.child.exitCode).toBe(null);
  });

  test('a full disk under the inventory', async () => {
    const file = join(folder.path, 'inventory');
    const program = await startWith({ trouble: 'a full disk', promregator: { cache: { file } } });
    const failed = /the inventory cannot be written to its file/;
    const said = (): number => program.log().filter(({ message }) => failed.test(message)).length;
    await waitUntil(() => said() > 0, { within: 15_000, describe: program.output, every: 20 });
    expect(program.output()).toContain('ENOSPC');
    expect(existsSync(file)).toBe(false);
    expect((await fetch(`${program.url}/discovery`)).status).toBe(200);
    expect(await program.stop()).toBe(0);
    expect(said()).toBe(1);
  });

  test('a full disk under the log file', async () => {
    const program = await startWith({ trouble: 'none', others: { logging: { file: { name: '/dev/full' } } } });
    const lost = program
      .output()
      .split('\n')
      .filter((line) => /the log file cannot be written: ENOSPC/.test(line));
    expect(lost).toHaveLength(1);
    expect((await fetch(`${program.url}/discovery`)).status).toBe(200);
    expect(await program.stop()).toBe(0);
  });
});
