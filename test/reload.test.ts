import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import {
  configFor,
  type PromregatorProcess,
  type StartOptions,
  startPromregator,
} from './support/promregator-process.js';
import { waitUntil } from './support/wait-until.js';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ organizations: 2, spaces: 2, applications: 4, instances: 3 });
});

afterAll(() => simulator.stop());

/** Long intervals, so that what is read from Cloud Foundry was read because of a reload. */
function configWith(promregator: object = {}, more: object = {}): { cf: object; promregator: object } {
  const { cf, promregator: usual } = configFor(simulator, promregator);
  return { cf: { ...cf, cache: {} }, promregator: usual, ...more };
}

async function start(options: StartOptions): Promise<PromregatorProcess> {
  const program = await startPromregator(options);
  onTestFinished(async () => void (await program.stop()));
  await waitUntil(async () => (await fetch(`${program.url}/-/ready`)).ok, {
    within: 20_000,
    describe: () => program.log(),
  });
  return program;
}

interface Listed {
  readonly labels: Readonly<Record<string, string>>;
}

async function paths(program: PromregatorProcess): Promise<readonly string[]> {
  const answer = await fetch(`${program.url}/discovery`);
  const elements: readonly Listed[] = JSON.parse(await answer.text());
  return elements
    .map(({ labels }) => labels['__metrics_path__'] ?? '')
    .filter((path) => path.startsWith('/singleTargetMetrics/'));
}

async function metric(program: PromregatorProcess, name: string): Promise<number> {
  const text = await (await fetch(`${program.url}/promregatorMetrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

const SUCCESSFUL = 'promregator_config_last_reload_successful';
const SUCCESS_TIME = 'promregator_config_last_reload_success_timestamp_seconds';

/** Reloads by signal and waits until it has been done. */
async function reload(program: PromregatorProcess, said = 'configuration read anew'): Promise<void> {
  const count = (): number => program.log().filter(({ message }) => message === said).length;
  const before = count();
  program.child.kill('SIGHUP');
  await waitUntil(() => count() > before, { within: 10_000, describe: () => program.log(), every: 10 });
}

describe('reload', () => {
  test('under 50 scrapes a second none fails, whatever changes', async () => {
    const program = await start({ config: configWith() });
    const targets = await paths(program);
    expect(targets).toHaveLength(12);
    const variants: readonly { readonly scraping?: object; readonly [name: string]: unknown }[] = [
      { scraping: { maxConcurrentPerInstance: 50, maxConnections: 3 } },
      { authenticator: { type: 'basic', basic: { username: 'u', password: 'p' } } },
      { targets: [{ orgRegex: '.*' }, { orgRegex: '.*', path: '/other' }] },
      { connectTo: [...simulator.connectTo, 'nobody.example -> 127.0.0.1'] },
      { cache: { invalidate: { auth: 'BASIC' } }, authentication: { basic: { password: 'x' } } },
    ];
    const statuses = new Map<number, number>();
    const running = new Set<Promise<void>>();
    let turn = 0;
    const timer = setInterval(() => {
      const path = targets[turn % targets.length];
      turn += 1;
      const scrape = fetch(`${program.url}${path}`).then(async (answer) => {
        await answer.text();
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      });
      const watched = scrape
        .catch(() => void statuses.set(0, (statuses.get(0) ?? 0) + 1))
        .finally(() => running.delete(watched));
      running.add(watched);
    }, 20);
    for (let round = 0; round < 15; round += 1) {
      const variant = variants[round % variants.length] ?? {};
      const { scraping } = configFor(simulator).promregator as { readonly scraping: object };
      const merged =
        variant.scraping !== undefined ? { ...variant, scraping: { ...scraping, ...variant.scraping } } : variant;
      program.rewrite(configWith(merged));
      await reload(program);
    }
    await waitUntil(() => turn >= 200, { within: 20_000, describe: () => turn });
    clearInterval(timer);
    await Promise.all(running);
    expect([...statuses.keys()]).toEqual([200]);
    expect(statuses.get(200)).toBeGreaterThanOrEqual(200);
    expect(await metric(program, SUCCESSFUL)).toBe(1);
  });

  test('takes other rules without asking Cloud Foundry for what it has, and asks for what it has not', async () => {
    const [first, second] = simulator.world.applications();
    if (first === undefined || second === undefined) throw new Error('a world without applications');
    const everything = { targets: [{}] };
    const program = await start({ config: configWith(everything) });
    const requests = (): number => simulator.requests.count('apps');
    const before = requests();
    program.rewrite(configWith({ targets: [{ applicationName: first.name }] }));
    await reload(program);
    expect((await paths(program)).map((path) => path.split('/')[2])).toEqual([first.guid, first.guid, first.guid]);
    expect(requests()).toBe(before);
    program.rewrite(configWith(everything));
    await reload(program);
    expect(await paths(program)).toHaveLength(12);
  });

  test('reads another foundation, and forgets one that is named no more', async () => {
    const other = await startSimulator({
      seed: 2,
      organizations: 1,
      spaces: 1,
      applications: 1,
      instances: 2,
      systemDomain: 'sys.other.example',
      appsDomain: 'apps.other.example',
    });
    onTestFinished(() => other.stop());
    const of = (name: string, each: Simulator): object => ({ name, ...configFor(each).cf });
    const both = [...simulator.connectTo, ...other.connectTo];
    const program = await start({
      config: { foundations: [of('a', simulator)], promregator: { targets: [{}], connectTo: both } },
    });
    expect(await paths(program)).toHaveLength(12);
    program.rewrite({
      foundations: [of('a', simulator), of('b', other)],
      promregator: { targets: [{}], connectTo: both },
    });
    await reload(program);
    await waitUntil(async () => (await paths(program)).length === 14, {
      within: 10_000,
      describe: () => program.log(),
    });
    program.rewrite({ foundations: [of('b', other)], promregator: { targets: [{}], connectTo: both } });
    await reload(program);
    expect(await paths(program)).toHaveLength(2);
  });

  test.each<[string, object | string, RegExp]>([
    ['a mistake', { cf: { api_host: 'a b' } }, /promregator\.yml:\d+:\d+: cf\.api_host: found/],
    ['no YAML', 'cf: [', /promregator\.yml/],
  ])('%s leaves the old configuration in force and is said', async (_, broken, reason) => {
    const good = configWith();
    const program = await start({ config: good, args: ['--web.enable-lifecycle'] });
    const since = await metric(program, SUCCESS_TIME);
    program.rewrite(typeof broken === 'string' ? broken : { ...good, ...broken });
    const answer = await fetch(`${program.url}/-/reload`, { method: 'POST' });
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringMatching(reason)]);
    expect(await metric(program, SUCCESSFUL)).toBe(0);
    expect(await metric(program, SUCCESS_TIME)).toBe(since);
    expect(program.log().some(({ message }) => reason.test(message))).toBe(true);
    expect(await paths(program)).toHaveLength(12);
    program.rewrite(good);
    expect((await fetch(`${program.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    expect(await metric(program, SUCCESSFUL)).toBe(1);
    expect(await metric(program, SUCCESS_TIME)).toBeGreaterThan(since);
  });

  test('the endpoint is closed unless it was asked for', async () => {
    const program = await start({ config: configWith() });
    expect((await fetch(`${program.url}/-/reload`, { method: 'POST' })).status).toBe(403);
  });

  test('options that need a restart are named, all others count', async () => {
    const program = await start({ config: configWith() });
    program.rewrite({
      ...configWith({ metrics: { internal: true, requestLatency: true }, targets: [] }),
      logging: { level: { root: 'WARN' } },
    });
    program.child.kill('SIGHUP');
    const waiting = await waitUntil(
      () => program.log().find(({ message }) => message.startsWith('options that take force with the next start')),
      { within: 10_000, describe: () => program.log() },
    );
    expect(waiting['options']).toBe('promregator.metrics.requestLatency, promregator.metrics.internal');
    await waitUntil(async () => (await paths(program)).length === 0, { within: 5_000, describe: () => program.log() });
    const lines = program.log().length;
    program.child.kill('SIGHUP');
    await waitUntil(async () => (await metric(program, SUCCESS_TIME)) > 0, { within: 5_000, describe: () => 0 });
    expect(
      program
        .log()
        .slice(lines)
        .filter(({ level }) => level === 'info'),
    ).toEqual([]);
  });

  test.each<[string, object, 'kept' | 'forgotten']>([
    ['the same user', { request: { backoff: 250 } }, 'kept'],
    ['another user', { username: 'somebody-else' }, 'forgotten'],
  ])('the pause that the API asked for is that of its user: %s', async (_, changed, becomes) => {
    const config = configWith();
    const program = await start({ config });
    const PAUSE = 'promregator_cf_request_pause_seconds{foundation="default"}';
    const limit = simulator.faults.add({ kind: 'apps', action: { type: 'rate_limit', retryAfterSeconds: 300 } });
    expect((await fetch(`${program.url}/cache/invalidate?application=true`)).status).toBe(503);
    limit.remove();
    expect(await metric(program, PAUSE)).toBeGreaterThan(200);
    const asked = simulator.requests.count('apps');
    program.rewrite({ ...config, cf: { ...config.cf, ...changed } });
    await reload(program);
    expect((await metric(program, PAUSE)) > 200).toBe(becomes === 'kept');
    expect(simulator.requests.count('apps')).toBe(asked);
    expect(await paths(program)).toHaveLength(12);
  });

  test('a secret in a file is read anew when it changes, without what is being written elsewhere', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'promregator-secret-'));
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'first\n');
    const config = configWith({
      discovery: { auth: 'BASIC' },
      authentication: { basic: { username: 'me', passwordFile } },
    });
    const program = await start({ config });
    const status = async (password: string): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
      return (await fetch(`${program.url}/discovery`, { headers: { authorization } })).status;
    };
    expect([await status('first'), await status('second')]).toEqual([200, 401]);
    program.rewrite('half: [written');
    writeFileSync(passwordFile, 'second\n');
    await waitUntil(async () => (await status('second')) === 200, { within: 20_000, describe: () => program.log() });
    expect(await status('first')).toBe(401);
    expect(program.log().some(({ message }) => message === 'secrets and certificates read anew')).toBe(true);
  });

  test('the file itself is watched where somebody asked for that', async () => {
    const program = await start({ config: configWith({ reload: { onChange: true } }) });
    program.rewrite(configWith({ reload: { onChange: true }, targets: [] }));
    await waitUntil(async () => (await paths(program)).length === 0, { within: 20_000, describe: () => program.log() });
  });
});
