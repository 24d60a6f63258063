import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, PROGRAM } from './support/promregator-process.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

const FILE_SD = ['--format=file_sd', '--promregator.discovery.externalUrl=https://prom.example.org/cf'];

let simulator: Simulator;
const folder = temporaryFolder();

beforeAll(async () => {
  simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 4, instances: 2 });
  const [orders, stopped, hostile] = simulator.world.applications();
  if (orders === undefined || stopped === undefined || hostile === undefined) throw new Error('the world is too small');
  simulator.world.rename({
    kind: 'organization',
    resource: simulator.world.organizations()[0]?.guid ?? '',
    name: 'acme',
  });
  simulator.world.rename({ kind: 'application', resource: orders.guid, name: 'orders' });
  simulator.world.setMetadata({
    kind: 'application',
    resource: orders.guid,
    annotations: { 'prometheus.io/scrape-interval': '1s' },
  });
  simulator.world.rename({ kind: 'application', resource: stopped.guid, name: 'idle' });
  simulator.world.stop(stopped.guid);
  simulator.world.rename({ kind: 'application', resource: hostile.guid, name: 'evil\u001b[2J\u009b1m\nname' });
});

afterAll(async () => {
  await simulator.stop();
  folder.remove();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], promregator: object = {}): ChildProcess {
  const file = join(folder.path, 'promregator.yml');
  writeFileSync(file, stringify(configFor(simulator, promregator)));
  return startWith([`--config.file=${file}`, ...args]);
}

function startWith(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, 'discover', ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder.path,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(args: readonly string[], promregator: object = {}): Promise<Ended> {
  return await ending(start(args, promregator));
}

async function runWith(args: readonly string[]): Promise<Ended> {
  return await ending(startWith(args));
}

async function ending(child: ChildProcess): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

test('the table tells targets with rule and route, and why others are left out', async () => {
  const rules = [
    { id: 'web', orgName: 'acme', kubernetesAnnotations: true },
    { id: 'idle', orgName: 'nobody' },
  ];
  const { code, stdout } = await run([], { targets: rules });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ORGANIZATION +SPACE +APPLICATION +INSTANCES +RULE +ROUTE +URL/);
  expect(stdout).toMatch(/^acme +\S+ +orders +2 +web +\S+\.apps\.sim\.example +https:\/\/\S+\/metrics$/m);
  expect(stdout).toMatch(/^acme +\S+ +idle +web +stopped +the application is stopped$/m);
  expect(stdout).toMatch(/^acme +\S+ +orders +web +annotation prometheus\.io\/scrape-interval is "1s", not between/m);
  expect(stdout).toContain('No application matches: idle\n');
  expect(stdout).toContain('6 targets of 3 applications; 1 applications left out by at least one rule\n');
  expect(stdout).toMatch(/ RULE +LEFT OUT +REASON$/m);
  expect(stdout).toContain('evil\\u001b[2J\\u009b1m\\nname');
});

test('JSON tells the same', async () => {
  const { code, stdout, stderr } = await run(['--format', 'json']);
  // Who listens on all addresses without a guard is warned; this command listens nowhere.
  expect([code, stderr]).toEqual([0, '']);
  const view = JSON.parse(stdout);
  expect(view).toMatchObject({ foundations: ['default'], targets: 6, leftOutByReason: { stopped: 1 } });
  expect(view.selected.map(({ appName }: { appName: string }) => appName)).toContain('evil\u001b[2J\u009b1m\nname');
});

test.each([[[]], [['--format=json']], [FILE_SD]])('no control character reaches the terminal: %j', async (args) => {
  const { stdout, stderr } = await run(args);
  expect(stdout).toContain('evil');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may get into a terminal
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

describe('for file_sd_configs', () => {
  test('promtool takes the file, and it says what /discovery says', async () => {
    const { code } = await run([...FILE_SD, '--output=targets.json']);
    expect(code).toBe(0);
    const elements = JSON.parse(readFileSync(join(folder.path, 'targets.json'), 'utf8'));
    expect(elements).toHaveLength(7);
    expect(elements[0]).toMatchObject({
      targets: ['prom.example.org:443'],
      labels: { __scheme__: 'https', __metrics_path__: expect.stringMatching(/^\/cf\/singleTargetMetrics\/[^/]+\/0$/) },
    });
    const config = { scrape_configs: [{ job_name: 'cf', file_sd_configs: [{ files: ['targets.json'] }] }] };
    writeFileSync(join(folder.path, 'prometheus.yml'), stringify(config));
    const check = spawnSync('promtool', ['check', 'config', join(folder.path, 'prometheus.yml')], { encoding: 'utf8' });
    if (check.error !== undefined) throw new Error('promtool is missing: apt-get install prometheus');
    expect([check.status, check.stdout]).toEqual([0, expect.stringContaining('SUCCESS')]);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test.each([
    ['https', 'prom.example.org:443'],
    ['http', 'prom.example.org:80'],
    [undefined, 'prom.example.org:8080'],
  ])('a host name alone with scheme %s is %s', async (scheme, host) => {
    const { stdout } = await run(['--format=file_sd'], { discovery: { hostname: 'prom.example.org', scheme } });
    expect(JSON.parse(stdout)[0].targets).toEqual([host]);
  });

  test('without an address there is no document', async () => {
    const { code, stdout, stderr } = await run(['--format=file_sd']);
    expect([code, stdout]).toEqual([78, '']);
    expect(stderr).toMatch(/promregator\.discovery\.hostname or promregator\.discovery\.externalUrl/);
  });
});

describe('several foundations', () => {
  const of = (names: readonly string[], change: object = {}): readonly string[] => {
    const { cf } = configFor(simulator);
    const foundations = names.map((name) => ({ name, ...cf, ...(name === 'late' ? change : {}) }));
    const file = join(folder.path, 'foundations.yml');
    writeFileSync(file, stringify({ promregator: configFor(simulator).promregator, foundations }));
    return [`--config.file=${file}`];
  };

  test('an application that two of them show is told as the first one`s', async () => {
    const { code, stdout, stderr } = await runWith(of(['one', 'two']));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^FOUNDATION +ORGANIZATION/);
    expect(stdout).toMatch(/^one +acme +\S+ +orders +2/m);
    expect(stdout).toMatch(/^two +acme +\S+ +orders .*served_by_earlier_foundation +foundation one shows the same/m);
    expect(stderr).toContain('warning: Foundation two shows applications that foundation one shows too');
  });

  test('one that cannot be read is named, and nothing is told', async () => {
    const { code, stdout, stderr } = await runWith(of(['one', 'late'], { password: 'wrong' }));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^promregator discover: foundation late cannot be read: /m);
  });

  test('one whose certificate is not trusted: the remedy is an option of it', async () => {
    const { code, stderr } = await runWith(of(['one', 'late'], { tls_config: {} }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/foundation late cannot be read: .*is named by foundations\[\]\.tls_config\.ca_file/);
  });
});

describe('what goes wrong', () => {
  test.each([
    [['--cf.password=wrong'], 1, /foundation default cannot be read: .*refuses user and password/],
    [['--cf.api_host=[1]', '--promregator.targets[0].path=é'], 78, /problem\(s\) in the configuration/],
    [['--format=xml'], 64, /--format takes table, json, file_sd, not 'xml'/],
    [['--ouput=x.json'], 64, /there is no option --ouput; did you mean --output\?/],
    [['--every=1'], 64, /--every needs --output/],
    [['--output=gone/x.json'], 1, /ENOENT/],
  ])('%j ends with %i', async (args, code, words) => {
    const ended = await run(args);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).not.toContain(simulator.password);
    // Nobody asks again when the command has ended.
    expect(ended.stderr).not.toContain('asked again');
  });

  test('a list that fails leaves the file as it was', async () => {
    const file = join(folder.path, 'kept.json');
    writeFileSync(file, 'old');
    const action = { type: 'status', status: 500, form: 'capi' } as const;
    const fault = simulator.faults.add({ kind: 'processes', action });
    const { code, stderr } = await run([...FILE_SD, `--output=${file}`]);
    fault.remove();
    expect(code).toBe(1);
    expect(stderr).toContain('foundation default cannot be read');
    expect(readFileSync(file, 'utf8')).toBe('old');
  });
});

describe('again and again', () => {
  const file = join(folder.path, 'again.json');
  const targets = (): number => {
    try {
      return JSON.parse(readFileSync(file, 'utf8')).length;
    } catch {
      return -1;
    }
  };

  test('the file follows the foundation, stays while it cannot be read, and a signal ends it with 0', async () => {
    const child = start([
      ...FILE_SD,
      `--output=${file}`,
      '--every=1',
      '--promregator.discovery.ownMetricsEndpoint=false',
    ]);
    let told = '';
    child.stderr?.on('data', (chunk) => {
      told += chunk;
    });
    const becomes = async (count: number): Promise<void> => {
      await waitUntil(() => targets() === count, { within: 15_000, describe: () => [targets(), told], every: 20 });
    };
    await becomes(6);
    simulator.world.scale('orders', 5);
    await becomes(9);
    const action = { type: 'status', status: 500, form: 'capi' } as const;
    const fault = simulator.faults.add({ kind: 'processes', action });
    simulator.world.scale('orders', 2);
    await waitUntil(() => told.includes('cannot be read'), { within: 15_000, describe: () => told });
    expect(targets()).toBe(9);
    fault.remove();
    await becomes(6);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 60_000);

  test('a signal ends a single listing too', async () => {
    const fault = simulator.faults.add({ kind: 'apps', action: { type: 'hang', when: 'before_head' } });
    const before = simulator.requests.count('apps');
    const child = start([]);
    await waitUntil(() => simulator.requests.count('apps') > before, { within: 10_000, describe: () => 'no request' });
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([1, null]);
    fault.remove();
  });
});

test.each([
  ['in the file', { enabled: true, instances: 3 }, []],
  ['on the command line', { instances: 3 }, ['--promregator.simulation.enabled=true', '--cf.apiHost=x.example']],
])('the embedded simulator, asked for %s, is discovered too', async (_, simulation, args) => {
  const file = join(folder.path, 'simulation.yml');
  writeFileSync(file, stringify({ promregator: { simulation, targets: [{ orgRegex: '.*' }] } }));
  const { code, stdout } = await runWith([`--config.file=${file}`, ...args]);
  expect(code).toBe(0);
  expect(stdout).toContain('3 targets of 1 applications');
});

test.each([
  ['--help', /--format=table\|json\|file_sd/],
  ['--version', /^promregator \d/],
])('%s', async (argument, words) => {
  const ended = await run([argument]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(words);
});
