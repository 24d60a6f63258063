import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, PROGRAM, type PromregatorProcess, startPromregator } from './support/promregator-process.js';
import { type Ended, runTyped } from './support/run-program.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return runTyped({ args, env });
}

describe('the command line', () => {
  const folder = temporaryFolder();
  const file = (name: string, text: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  };

  afterAll(() => folder.remove());

  test.each([
    [['--version'], 0, /^promregator \d+\.\d+\.\d+\n$/],
    [['--help'], 0, /serve[\s\S]*demo[\s\S]*simulate/],
    [['serve', '--help'], 0, /--config\.file/],
    [['demo', '--help'], 0, /--port/],
    [['simulate', '--help'], 0, /--applications/],
  ])('%s says what it is asked', async (args, code, stdout) => {
    const ended = await run(args);
    expect(ended).toMatchObject({ code, stderr: '' });
    expect(ended.stdout).toMatch(stdout);
  });

  test.each([[[]], [['serve']]])('%j: a first word that is a file is the configuration', async (words) => {
    const path = file('first.yml', 'cf: {api_host: [a, b]}\n');
    const ended = await run([...words, path]);
    expect(ended.code).toBe(78);
    expect(ended.stderr).toMatch(/first\.yml:1:\d+.*cf\.api_host/);
  });

  test('a file that is not there is said to be neither file nor command', async () => {
    const ended = await run(['none.yml']);
    expect(ended.code).toBe(64);
    expect(ended.stderr).toContain("there is no command and no file 'none.yml'");
  });

  test('an unknown command is named, and there is help', async () => {
    const ended = await run(['scrape']);
    expect(ended.code).toBe(64);
    expect(ended.stderr).toMatch(/'scrape'[\s\S]*serve/);
  });

  test('all problems of a configuration are told at once, with their places, and end with 78', async () => {
    const path = file(
      'broken.yml',
      'cf:\n  api_host: [a, b]\npromregator:\n  targets:\n    - orgRegex: "("\n      appName: x\n',
    );
    const ended = await run(['serve', `--config.file=${path}`], { CF_USERNAME: 'u' });
    expect(ended.code).toBe(78);
    expect(ended.stderr).toMatch(/broken\.yml:2:\d+.*cf\.api_host/);
    expect(ended.stderr).toMatch(/broken\.yml:5:\d+.*orgRegex/);
    expect(ended.stderr).toMatch(/broken\.yml:6:\d+.*appName.*applicationName/);
    expect(ended.stderr).toMatch(/cf\.password/);
  });

  test('a port that is taken ends with 1 and says which', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const path = file('taken.yml', 'cf: {api_host: api.example.invalid, username: u, password: p}\n');
    const ended = await run(['serve', `--config.file=${path}`, `--server.port=${port}`, '--server.address=127.0.0.1']);
    other.close();
    expect(ended.code).toBe(1);
    const words = `cannot listen on 127.0.0.1:${port}: the port is taken; choose another by --server.port`;
    expect(ended.stderr).toContain(words);
  });
});

describe('serving', () => {
  let simulator: Simulator;
  const started: PromregatorProcess[] = [];

  beforeAll(async () => {
    simulator = await startSimulator({ applications: 4, instances: 3 });
  });

  afterAll(async () => {
    for (const program of started) program.child.kill('SIGKILL');
    await simulator.stop();
  });

  async function start(
    options: {
      readonly promregator?: object;
      readonly args?: readonly string[];
      readonly env?: Record<string, string>;
    } = {},
  ): Promise<PromregatorProcess> {
    const { args = [], env = {} } = options;
    const program = await startPromregator({ config: configFor(simulator, options.promregator), args, env });
    started.push(program);
    return program;
  }

  async function ready(program: PromregatorProcess): Promise<void> {
    await waitUntil(async () => (await fetch(`${program.url}/-/ready`)).ok, {
      within: 15_000,
      describe: () => program.log(),
    });
  }

  async function scrapePaths(program: PromregatorProcess): Promise<string[]> {
    const groups: { labels: Record<string, string> }[] = JSON.parse(
      await (await fetch(`${program.url}/discovery`)).text(),
    );
    return groups.map(({ labels }) => labels['__metrics_path__'] ?? '').filter((path) => path.includes('singleTarget'));
  }

  test('by the original way to name the file, user and password from the environment', async () => {
    const folder = temporaryFolder();
    const { cf, promregator } = configFor(simulator);
    const { username: _, password: __, ...rest } = cf as Record<string, unknown>;
    writeFileSync(join(folder.path, 'promregator.yml'), JSON.stringify({ cf: rest, promregator }));
    const child = spawn(
      process.execPath,
      [
        PROGRAM,
        `--spring.config.location=file:${join(folder.path, 'promregator.yml')}`,
        '--server.port=0',
        '--server.address=127.0.0.1',
      ],
      {
        env: { PATH: process.env['PATH'], CF_USERNAME: simulator.username, CF_PASSWORD: simulator.password },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    await waitUntil(() => text.includes('the first directory of targets is complete'), {
      within: 15_000,
      describe: () => text,
    });
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(text).not.toContain(simulator.password);
    folder.remove();
  });

  test('no answer carries another instance under 50 parallel scrapes', async () => {
    const program = await start();
    await ready(program);
    const paths = await scrapePaths(program);
    expect(paths.length).toBe(12);
    const mixedUp: string[] = [];
    let done = 0;
    const worker = async (offset: number): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        const path = paths[(offset + round) % paths.length] ?? '';
        const text = await (await fetch(program.url + path)).text();
        const [, guid, index] = /singleTargetMetrics\/([^/]+)\/(\d+)/.exec(path) ?? [];
        const identity = /sim_app_info\{[^}]*\}/.exec(text)?.[0] ?? text;
        if (text.includes('already')) continue;
        done += 1;
        if (!identity.includes(`"${guid}"`) || !identity.includes(`instance_index="${index}"`))
          mixedUp.push(`${path}: ${identity}`);
      }
    };
    await Promise.all(Array.from({ length: 50 }, (_, offset) => worker(offset)));
    expect(mixedUp).toEqual([]);
    expect(done).toBeGreaterThan(500);
    expect(await program.stop()).toBe(0);
  });

  test('nothing is logged per scrape, and no secret ever', async () => {
    const program = await start({ args: ['--logging.level.root=INFO'] });
    await ready(program);
    const before = program.log().length;
    for (const path of await scrapePaths(program)) await (await fetch(program.url + path)).text();
    expect(program.log().slice(before)).toEqual([]);
    await program.stop();
    expect(JSON.stringify(program.log())).not.toContain(simulator.password);
  });

  test('SIGTERM: unready for the drain time while serving on, running scrapes finish, then 0', async () => {
    const program = await start({ args: ['--server.drainSeconds=1'] });
    await ready(program);
    const [path = ''] = await scrapePaths(program);
    const fault = simulator.faults.add({ kind: 'scrape', action: { type: 'delay', delayMs: 2_000 } });
    const running = fetch(program.url + path, { headers: { 'x-prometheus-scrape-timeout-seconds': '10' } });
    await waitUntil(() => fault.id >= 0 && simulator.requests.count('scrape') > 0, {
      within: 5_000,
      describe: () => 'no scrape',
    });
    const stopped = program.stop('SIGTERM');
    await waitUntil(async () => (await fetch(`${program.url}/-/ready`)).status === 503, {
      within: 900,
      describe: () => program.log(),
      every: 20,
    });
    expect((await fetch(`${program.url}/discovery`)).status).toBe(200);
    expect((await running).status).toBe(200);
    expect(await stopped).toBe(0);
    fault.remove();
  });

  test('a signal while it starts is obeyed when it has started', async () => {
    const folder = temporaryFolder();
    const file = join(folder.path, 'promregator.yml');
    writeFileSync(file, JSON.stringify(configFor(simulator)));
    const args = [PROGRAM, `--config.file=${file}`, '--server.port=0', '--server.address=127.0.0.1'];
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    folder.remove();
  });

  test('a second signal ends at once', async () => {
    const program = await start({ args: ['--server.drainSeconds=8'] });
    await ready(program);
    program.child.kill('SIGTERM');
    await waitUntil(() => program.log().some(({ message }) => message === 'stopping'), {
      within: 5_000,
      describe: () => program.log(),
    });
    const startedAt = performance.now();
    await program.stop('SIGTERM');
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  test('a failed request to Cloud Foundry is logged with its X-Vcap-Request-Id', async () => {
    const program = await start();
    await ready(program);
    const fault = simulator.faults.add({
      kind: 'apps',
      times: 1,
      action: { type: 'status', status: 500, form: 'capi' },
    });
    const line = await waitUntil(() => program.log().find((each) => each['requestId'] !== undefined), {
      within: 10_000,
      describe: () => program.log(),
    });
    expect(String(line['requestId'])).toMatch(/^[\w-]+::[\w-]+$/);
    fault.remove();
    await program.stop();
  });
});
