import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../test/support/wait-until.js';
import { type RunOptions, type Simulator, startSimulator } from '../simulator.js';
import { ask, askApi, asRecord, type Reply, resourcesOf } from '../testing/client.js';
import type { RunningInstance } from './diego.js';

const APPLICATION = fileURLToPath(new URL('../testing/process-application.mjs', import.meta.url));
const SHOP = 'http://shop.apps.sim.example';
const TIMES = {
  startIntervalMs: 50,
  checkIntervalMs: 100,
  // A busy machine is not to pass for an unhealthy instance.
  invocationTimeoutMs: 30_000,
  routeLagMs: 20,
  gracefulShutdownMs: 500,
  restartBackoffMs: 100,
  deploymentTickMs: 50,
};

let simulator: Simulator;
let guid: string;

beforeAll(async () => {
  simulator = await startSimulator({ applications: 0 });
});
afterAll(() => simulator.stop());
afterEach(async () => {
  for (const app of simulator.world.applications()) simulator.world.delete(app.guid);
  await until(() => leftOver.length === 0 || leftOver.every((pid) => !alive(pid)));
});

const leftOver: number[] = [];

async function run(options: Partial<RunOptions> = {}): Promise<void> {
  const { times, ...rest } = options;
  const space = simulator.world.spaces()[0]?.guid ?? '';
  guid = simulator.diego.run({
    name: 'shop',
    space,
    instances: 2,
    command: process.execPath,
    args: [APPLICATION],
    healthCheck: { type: 'http', endpoint: '/healthy' },
    readinessCheck: { type: 'http', endpoint: '/ready' },
    times: { ...TIMES, ...times },
    ...rest,
  }).guid;
}

function until<T>(probe: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const describeAll = (): unknown => ({ now: instances(), log: lines() });
  return waitUntil(probe, { within: 15_000, describe: describeAll, every: 10 });
}

function instances(): readonly RunningInstance[] {
  const known = simulator.world.applications().some(({ name }) => name === 'shop');
  const all = known ? simulator.diego.instances('shop') : [];
  for (const { pid } of all) if (pid !== undefined && !leftOver.includes(pid)) leftOver.push(pid);
  return all;
}

function lines(source = ''): readonly string[] {
  const known = simulator.world.applications().some(({ name }) => name === 'shop');
  const log = known ? simulator.diego.logs('shop') : [];
  return log.filter((line) => line.source.startsWith(source)).map(({ index, text }) => `${index} ${text}`);
}

async function allRoutable(count: number): Promise<readonly RunningInstance[]> {
  return until(() => {
    const all = instances();
    return all.length === count && all.every(({ routable, state }) => routable && state === 'RUNNING') && all;
  });
}

function visit(
  path: string,
  index?: number,
  options: { readonly body?: string; readonly atMostBytes?: number } = {},
): Promise<Reply> {
  const headers = index === undefined ? {} : { 'x-cf-app-instance': `${guid}:${index}` };
  const method = options.body === undefined ? 'GET' : 'POST';
  return ask(simulator, SHOP + path, { headers, method, ...options });
}

function alive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the environment (facts 6)', () => {
  test('of a buildpack application', async () => {
    await run({ env: { COLOUR: 'blue', PORT: '1' }, services: { redis: [{ name: 'r' }] }, memoryMb: 64 });
    await allRoutable(2);
    const env = asRecord(JSON.parse((await visit('/env', 1)).text));
    const [instance] = instances().filter(({ index }) => index === 1);
    const port = String(instance?.port);
    expect(env).toMatchObject({
      ...{ COLOUR: 'blue', PORT: port, VCAP_APP_PORT: port, VCAP_APP_HOST: '127.0.0.1', MEMORY_LIMIT: '64m' },
      ...{ CF_INSTANCE_INDEX: '1', INSTANCE_INDEX: '1', CF_INSTANCE_GUID: instance?.guid, USER: 'vcap' },
      ...{ CF_INSTANCE_IP: '127.0.0.1', CF_INSTANCE_PORT: port, CF_INSTANCE_ADDR: `127.0.0.1:${port}` },
      VCAP_SERVICES: '{"redis":[{"name":"r"}]}',
    });
    expect(existsSync(String(env['HOME']))).toBe(true);
    const [space] = simulator.world.spaces();
    expect(JSON.parse(String(env['VCAP_APPLICATION']))).toEqual({
      cf_api: 'https://api.sys.sim.example',
      limits: { fds: 16384, mem: 64, disk: 1024 },
      ...{ application_name: 'shop', application_uris: ['shop.apps.sim.example'], name: 'shop' },
      ...{ space_name: space?.name, space_id: space?.guid, uris: ['shop.apps.sim.example'], users: null },
      ...{ organization_id: space?.organization.guid, organization_name: space?.organization.name },
      ...{ process_id: guid, process_type: 'web', application_id: guid },
      ...{ version: expect.any(String), application_version: expect.any(String) },
      ...{ host: '127.0.0.1', instance_id: instance?.guid, port: Number(port), instance_index: 1 },
    });
    expect(Object.keys(env)).not.toContain('VITEST');
  });

  test('an image has no launcher that adds its fields', async () => {
    await run({ lifecycle: 'docker', instances: 1 });
    await allRoutable(1);
    const env = asRecord(JSON.parse((await visit('/env')).text));
    expect(Object.keys(JSON.parse(String(env['VCAP_APPLICATION'])))).not.toContain('instance_index');
  });
});

describe('the life of an instance', () => {
  test('starting, running, ready, in the words of the API and the router', async () => {
    await run({ env: { START: 'by-signal' } });
    const stats = async (): Promise<unknown> =>
      resourcesOf(await askApi(simulator, `/v3/processes/${guid}/stats`)).map(({ state, routable }) => [
        state,
        routable,
      ]);
    expect(await stats()).toEqual([
      ['STARTING', false],
      ['STARTING', false],
    ]);
    expect((await visit('/who', 0)).headers['x-cf-routererror']).toBe('unknown_route');
    await until(() => lines('APP').filter((line) => line.includes('going to listen')).length === 2);
    for (const index of [0, 1]) simulator.diego.kill({ app: 'shop', index, signal: 'SIGUSR2' });
    await allRoutable(2);
    expect(await stats()).toEqual([
      ['RUNNING', true],
      ['RUNNING', true],
    ]);
    expect([(await visit('/who', 0)).text, (await visit('/who', 1)).text]).toEqual(['0', '1']);
    expect(lines()).toContain('0 going to listen');
    expect(lines('CELL')).toContain('1 Container became healthy');
    expect(lines('RTR').some((line) => /^1 shop\.apps\.sim\.example - .*"GET \/who HTTP\/1\.1" 200/.test(line))).toBe(
      true,
    );
  });

  test('who is never healthy has crashed', async () => {
    await run({ instances: 1, healthCheck: { type: 'http', endpoint: '/nowhere' }, times: { startTimeoutMs: 200 } });
    await until(() =>
      lines('CELL').some((line) => /startup health check never passed: received status code 404/.test(line)),
    );
    await until(() => lines('APP').includes('0 Exited with status 0'));
    expect(instances().some(({ routable }) => routable)).toBe(false);
  });

  test.each(['port', 'process'] as const)('a check of type %s', async (type) => {
    await run({ instances: 1, healthCheck: { type } });
    await allRoutable(1);
  });

  test('a failed liveness check replaces the container', async () => {
    await run();
    const before = await allRoutable(2);
    await visit('/unhealthy', 1);
    await until(() => lines('CELL').some((line) => /^1 Instance became unhealthy.*500, expected 200/.test(line)));
    const after = await until(async () => {
      const all = await allRoutable(2);
      return all.every(({ guid: each }) => each !== before[1]?.guid) && all;
    });
    expect(after[0]?.guid).toBe(before[0]?.guid);
  });

  test('readiness toggles the route and nothing else', async () => {
    await run();
    await allRoutable(2);
    await visit('/unready', 0);
    await until(() => instances()[0]?.routable === false);
    expect((await visit('/who', 0)).status).toBe(400);
    expect([(await visit('/who')).text, (await visit('/who')).text]).toEqual(['1', '1']);
    expect(instances()[0]).toMatchObject({ state: 'RUNNING', index: 0 });
    expect(resourcesOf(await askApi(simulator, `/v3/processes/${guid}/stats`))[0]).toMatchObject({ routable: false });
  });

  test('a crash: three restarts at once, then a pause', async () => {
    await run({ instances: 1, times: { restartBackoffMs: 60_000 } });
    for (let crash = 1; crash <= 3; crash += 1) {
      const [before] = await allRoutable(1);
      if (crash === 2) await visit('/exit', 0);
      else simulator.diego.kill({ app: 'shop', index: 0 });
      await until(async () => (await allRoutable(1))[0]?.guid !== before?.guid);
    }
    simulator.diego.kill({ app: 'shop', index: 0 });
    await until(() => instances()[0]?.state === 'CRASHED');
    expect(lines('APP').filter((line) => line.includes('Exited'))).toEqual([
      '0 Exited with status 137',
      '0 Exited with status 3',
      '0 Exited with status 137',
      '0 Exited with status 137',
    ]);
    const { events } = simulator.world.state;
    const crashes = events.filter(({ type, target }) => type === 'app.crash' && target.guid === guid);
    expect(crashes.map(({ data }) => [data['crash_count'], data['exit_status']])).toEqual([
      [1, 137],
      [2, 3],
      [3, 137],
      [4, 137],
    ]);
  });

  test('a command that is not there crashes with 127 and says so', async () => {
    await run({ instances: 1, command: '/nowhere/program', times: { restartBackoffMs: 60_000 } });
    await until(() => instances()[0]?.state === 'CRASHED');
    expect(lines('APP').filter((line) => line === '0 Exited with status 127')).toHaveLength(4);
    expect(lines('APP')[0]).toMatch(/cannot start \/nowhere\/program: .*ENOENT/);
  });
});

describe('an end', () => {
  test.each(['before-sigterm', 'after-sigterm'] as const)('route removed %s', async (routeRemoval) => {
    await run({ routeRemoval, env: { ON_SIGTERM: 'stay' }, times: { routeLagMs: 300, gracefulShutdownMs: 800 } });
    await allRoutable(2);
    simulator.world.scale('shop', 1);
    const answered = (await visit('/who', 1)).status;
    expect(answered).toBe(routeRemoval === 'before-sigterm' ? 400 : 200);
    await until(() => lines('APP').includes('1 got SIGTERM'));
    await until(() => lines('APP').includes('1 Exited with status 137'));
    await until(() => instances().length === 1);
    expect((await visit('/who', 1)).headers['x-cf-routererror']).toBe('unknown_route');
    expect((await visit('/who', 0)).text).toBe('0');
  });

  test('SIGTERM suffices where it is obeyed; nothing of the instance stays', async () => {
    await run({ instances: 1 });
    const [{ pid } = { pid: undefined }] = await allRoutable(1);
    const { HOME: home } = asRecord(JSON.parse((await visit('/env')).text));
    simulator.world.stop('shop');
    await until(() => instances().length === 0);
    expect(lines('APP')).toContain('0 Exited with status 0');
    expect([alive(pid), existsSync(String(home))]).toEqual([false, false]);
    simulator.world.start('shop');
    await allRoutable(1);
  });

  test('what a process has started itself ends with it', async () => {
    await run({
      instances: 1,
      command: '/bin/sh',
      args: ['-c', 'sleep 600 & echo "child $!"; wait'],
      healthCheck: { type: 'process' },
    });
    const child = Number((await until(() => lines('APP').find((line) => line.includes('child'))))?.split(' ')[2]);
    expect(alive(child)).toBe(true);
    simulator.diego.kill({ app: 'shop', index: 0, signal: 'SIGTERM' });
    await until(() => !alive(child));
  });

  test('of the foundation ends all processes', async () => {
    const other = await startSimulator({ applications: 0 });
    const space = other.world.spaces()[0]?.guid ?? '';
    other.diego.run({ name: 'shop', space, instances: 2, command: process.execPath, args: [APPLICATION] });
    const { pids } = await waitUntil(
      () => {
        const all = other.diego.instances('shop');
        return all.every(({ routable }) => routable) && { pids: all.map(({ pid }) => pid) };
      },
      { within: 10_000, describe: () => other.diego.logs('shop') },
    );
    expect(pids.map(alive)).toEqual([true, true]);
    await other.stop();
    expect(pids.map(alive)).toEqual([false, false]);
  });

  test('of the parent without a word ends all processes', async () => {
    const compiled = fileURLToPath(new URL('../../dist/simulator/simulator.js', import.meta.url));
    const code = `import { startSimulator } from '${compiled}';
      const simulator = await startSimulator({ applications: 0 });
      const space = simulator.world.spaces()[0].guid;
      simulator.diego.run({ name: 'shop', space, instances: 2, command: process.execPath, args: ['${APPLICATION}'] });
      setInterval(() => {
        const all = simulator.diego.instances('shop');
        if (all.every(({ routable }) => routable)) console.log(JSON.stringify(all.map(({ pid }) => pid)));
      }, 20);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    let text = '';
    parent.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const line = await until(() => text.includes('\n') && text.split('\n')[0]);
    const pids: readonly number[] = JSON.parse(String(line));
    expect(pids.map(alive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    await until(() => !pids.some(alive));
  });
});

describe('deployments and evacuations', () => {
  test('a rolling deployment: old ones stop as new ones become routable, and there is always one', async () => {
    // This one ends at once by SIGTERM, so its route has to be gone before.
    await run({ instances: 3, env: { START_DELAY_MS: '100' }, routeRemoval: 'before-sigterm' });
    const before = await allRoutable(3);
    const failed: number[] = [];
    let over = false;
    const asking = (async () => {
      while (!over) {
        const { status } = await visit('/who');
        if (status !== 200) failed.push(status);
      }
    })();
    await simulator.diego.roll({ app: 'shop' });
    const after = await allRoutable(3);
    over = true;
    await asking;
    expect(failed).toEqual([]);
    expect(after.filter(({ guid: each }) => before.some((old) => old.guid === each))).toEqual([]);
    expect(new Set(after.map(({ processGuid }) => processGuid)).size).toBe(1);
    expect(after[0]?.processGuid).not.toBe(guid);
  });

  test('of two with the same index the last one registered answers', async () => {
    await run({ instances: 1 });
    const [old] = await allRoutable(1);
    simulator.world.beginRollingDeployment({ app: 'shop' });
    const both = await allRoutable(2);
    const env = asRecord(JSON.parse((await visit('/env', 0)).text));
    expect(env['CF_INSTANCE_GUID']).toBe(both.find((each) => each.guid !== old?.guid)?.guid);
    simulator.world.cancelDeployment('shop');
    expect((await allRoutable(1))[0]?.guid).toBe(old?.guid);
  });

  test('a restart of one instance', async () => {
    await run();
    const before = await allRoutable(2);
    simulator.diego.restartInstance({ app: 'shop', index: 1 });
    await until(async () => (await allRoutable(2))[1]?.guid !== before[1]?.guid);
    expect((await allRoutable(2))[0]?.guid).toBe(before[0]?.guid);
    expect(lines('APP')).toContain('1 Exited with status 0');
  });

  test('an evacuation starts the replacement first', async () => {
    await run();
    const before = await allRoutable(2);
    simulator.diego.evacuate({ app: 'shop', index: 1 });
    expect(instances()).toHaveLength(3);
    expect((await visit('/who', 1)).text).toBe('1');
    await until(async () => (await allRoutable(2))[1]?.guid !== before[1]?.guid);
    expect((await allRoutable(2))[0]?.guid).toBe(before[0]?.guid);
  });
});

describe('the router before real processes (facts 5.3, 5.4)', () => {
  test('headers are added and taken away, Host is kept, answers get an id', async () => {
    await run({ instances: 1 });
    const [instance] = await allRoutable(1);
    const reply = await ask(simulator, `${SHOP}/headers`, {
      headers: {
        'X-CF-App-Instance': `${guid}:0`,
        'X-Forwarded-For': '1.2.3.4',
        Accept: 'a',
        'X-Vcap-Request-Id': 'mine',
      },
    });
    const raw: readonly string[] = JSON.parse(reply.text);
    const headers = Object.fromEntries(
      raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1]]] : [])),
    );
    expect(headers).toMatchObject({
      ...{ host: 'shop.apps.sim.example', accept: 'a', 'x-forwarded-for': '1.2.3.4, 127.0.0.1' },
      ...{ 'x-forwarded-proto': 'http', 'x-cf-applicationid': guid, 'x-cf-instanceid': instance?.guid },
      ...{ 'x-cf-instanceindex': '0', 'x-vcap-request-id': expect.stringMatching(/^[\da-f-]{36}$/) },
    });
    expect(headers).not.toHaveProperty('x-cf-app-instance');
    expect(reply.headers['x-vcap-request-id']).toBeDefined();
    expect((await visit('/cookie')).headers['set-cookie']).toContain(`__VCAP_ID__=${instance?.guid}`);
  });

  test('bodies go both ways as they come', async () => {
    await run({ instances: 1 });
    await allRoutable(1);
    const body = 'x'.repeat(300_000);
    expect((await visit('/upload', 0, { body })).text).toBe(body);
    expect(await visit('/half', 0, { atMostBytes: 3 })).toMatchObject({ text: 'half', error: 'ABORTED' });
    await until(() => lines('APP').includes('0 request closed'));
    expect((await visit('/broken', 0)).error).toBeDefined();
  });

  test('a GET that the process closes without an answer comes twice to one, six times to all', async () => {
    await run({ instances: 3 });
    await allRoutable(3);
    const hungUp = (): number => lines('APP').filter((line) => line.includes('hung up')).length;
    const { status, headers } = await visit('/hang-up', 0);
    expect([status, headers['x-cf-routererror']]).toEqual([502, 'endpoint_failure (EOF)']);
    await until(() => hungUp() === 2);
    expect((await visit('/hang-up')).status).toBe(502);
    await until(() => hungUp() === 8);
    expect((await visit('/reset', 0)).headers['x-cf-routererror']).toMatch(
      /^endpoint_failure \(read tcp .*reset by peer\)$/,
    );
  });

  test('a GET on a kept connection that is reset comes once more on a new one, a POST does not', async () => {
    await run({ instances: 1 });
    await allRoutable(1);
    const arrived = (): number => lines('APP').filter((line) => line.includes('reset it')).length;
    await visit('/who', 0);
    await visit('/reset', 0);
    await until(() => arrived() === 2);
    await visit('/who', 0);
    await visit('/reset', 0, { body: 'x' });
    await visit('/who', 0);
    expect(arrived()).toBe(3);
  });

  test('it knows what it has brought to an instance, and how each request ended', async () => {
    await run();
    const all = await allRoutable(2);
    const [first = [], second = []] = all.map((each) => simulator.watchInstance(each.guid));
    await visit('/who', 0);
    await visit('/half', 0, { atMostBytes: 3 });
    await visit('/hang-up', 0);
    await until(() => first.every(({ state }) => state !== 'answering'));
    expect(first).toEqual([
      { target: '/who', state: 'whole' },
      { target: '/half', state: 'cut' },
      { target: '/hang-up', state: 'failed' },
    ]);
    expect(second).toEqual([]);
    // First one of them, then the other.
    await visit('/hang-up');
    const ends = [first, second].map((list) => list.at(-1)?.state);
    expect([...ends].sort()).toEqual(['elsewhere', 'failed']);
    const cut = visit('/half', 1);
    await until(() => second.at(-1)?.state === 'answering');
    simulator.diego.kill({ app: 'shop', index: 1 });
    expect((await cut).error).toBe('ECONNRESET');
    await until(() => second.at(-1)?.state === 'cut');
  });

  test('who refuses connections is pruned by ordinary traffic only', async () => {
    await run({ times: { routeLagMs: 60_000 } });
    for (const each of simulator.world.application('shop').processes[0]?.instances ?? []) {
      await until(() => each.state === 'RUNNING');
      simulator.world.state.registrations += 1;
      each.registration = simulator.world.state.registrations;
    }
    simulator.diego.kill({ app: 'shop', index: 0 });
    await until(() => lines('APP').includes('0 Exited with status 137'));
    for (let times = 0; times < 2; times += 1) {
      const reply = await visit('/who', 0);
      expect([reply.status, reply.headers['x-cf-routererror']]).toEqual([
        502,
        expect.stringMatching(/connection refused/),
      ]);
    }
    for (let times = 0; times < 3; times += 1) expect((await visit('/who')).text).toBe('1');
    expect((await visit('/who', 0)).headers['x-cf-routererror']).toBe('unknown_route');
  });

  test('faults befall them like others', async () => {
    await run({ instances: 1 });
    await allRoutable(1);
    simulator.requests.reset();
    for (const [action, expected] of [
      [{ type: 'status', status: 503, form: 'text' }, { status: 503 }],
      [
        { type: 'truncate', bytes: 1, framing: 'chunked' },
        { status: 200, error: 'ECONNRESET' },
      ],
      [
        { type: 'content_type', value: 'a/b' },
        { status: 200, text: '0' },
      ],
      [
        { type: 'delay', delayMs: 5 },
        { status: 200, text: '0' },
      ],
    ] as const) {
      const path = action.type === 'truncate' ? '/env' : '/who';
      simulator.faults.add({ kind: 'scrape', app: 'shop', times: 1, action });
      expect(await visit(path)).toMatchObject(expected);
    }
    expect(simulator.requests.count('scrape')).toBe(4);
  });

  test('an internal route leads there without the router', async () => {
    await run({ routes: ['shop.apps.internal'] });
    await until(() => instances().length === 2 && instances().every(({ routable }) => routable));
    const reply = await ask(simulator, 'http://1.shop.apps.internal:8080/who');
    expect(reply.text).toBe('1');
    expect(reply.headers['x-vcap-request-id']).toBeUndefined();
    expect((await ask(simulator, 'http://1.shop.apps.internal:9090/who')).error).toBe('ECONNRESET');
  });
});

test('a real process cannot be declared crashed, and a simulated one cannot be killed', async () => {
  await run({ instances: 1 });
  expect(() => simulator.world.crash({ app: 'shop', index: 0 })).toThrow('real processes');
  const space = simulator.world.spaces()[0]?.guid ?? '';
  simulator.world.deployApplication({ name: 'played', space });
  expect(() => simulator.diego.kill({ app: 'played', index: 0 })).toThrow('it has no processes');
});
