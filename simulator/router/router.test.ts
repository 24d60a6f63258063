import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { type Simulator, startSimulator } from '../simulator.js';
import { ask, asRecord, type Reply } from '../testing/client.js';

let simulator: Simulator;
let clock: ManualClock;
let space: string;
let guid: string;

beforeAll(async () => {
  clock = manualClock();
  simulator = await startSimulator({ clock, applications: 0 });
  space = simulator.world.spaces()[0]?.guid ?? '';
});
afterAll(() => simulator.stop());
beforeEach(() => {
  guid = simulator.world.deployApplication({ name: 'shop', space, instances: 2 }).guid;
});
afterEach(() => {
  const { world, platform } = simulator;
  platform.router = 'up';
  for (const app of world.applications()) world.delete(app.guid);
  for (const route of world.routes()) world.deleteRoute(route.guid);
});

const SHOP = 'https://shop.apps.sim.example';

function scrape(header: string | undefined, url = `${SHOP}/echo`, extra: Record<string, string> = {}): Promise<Reply> {
  return ask(simulator, url, {
    headers: { ...(header === undefined ? {} : { 'X-CF-App-Instance': header }), ...extra },
  });
}

function who(reply: Reply): unknown {
  const { app, instance_index: index } = reply.status === 200 ? asRecord(JSON.parse(reply.text)) : {};
  return `${String(app)}:${String(index)}`;
}

describe('the instance header (facts 5.2)', () => {
  test.each([0, 1])('reaches instance %i each time', async (index) => {
    for (let count = 0; count < 3; count += 1) expect(who(await scrape(`${guid}:${index}`))).toBe(`shop:${index}`);
  });

  test('400 unknown_route for what is not there, 404 without the header', async () => {
    const other = simulator.world.deployApplication({ name: 'other', space }).guid;
    const sentence = (index: string, of: string, host: string): string =>
      `400 Bad Request: Requested instance ('${index}') with guid ('${of}') does not exist for route ('${host}')\n`;
    const host = 'shop.apps.sim.example';
    const cases: readonly (readonly [string, string, string])[] = [
      [`${guid}:2`, SHOP, sentence('2', guid, host)],
      [`${guid}:00`, SHOP, sentence('00', guid, host)],
      [`${other}:0`, SHOP, sentence('0', other, host)],
      [`${guid}:0`, 'https://nobody.apps.sim.example', sentence('0', guid, 'nobody.apps.sim.example')],
    ];
    for (const [header, url, text] of cases) {
      const reply = await scrape(header, `${url}/metrics`);
      expect([header, reply.status, reply.text]).toEqual([header, 400, text]);
      expect(reply.headers).toMatchObject({
        'x-cf-routererror': 'unknown_route',
        'cache-control': 'no-cache, no-store',
      });
      expect(reply.headers).not.toHaveProperty('x-vcap-request-id');
      expect(reply.headerNames).toContain('X-Cf-Routererror');
    }
    const unknown = await scrape(undefined, 'https://nobody.apps.sim.example/');
    expect([unknown.status, unknown.text]).toEqual([
      404,
      "404 Not Found: Requested route ('nobody.apps.sim.example') does not exist.\n",
    ]);
  });

  test.each(['nonsense', 'A0000000-0000-4000-8000-000000000000:0', 'a0000000-0000-4000-8000-000000000000', ' :0'])(
    'malformed: %s',
    async (header) => {
      const reply = await scrape(header);
      expect([reply.status, reply.headers['x-cf-routererror']]).toEqual([400, 'invalid_cf_app_instance_header']);
    },
  );

  test('an empty one counts as none; it is not passed on, other things are added', async () => {
    expect((await scrape('')).status).toBe(200);
    const seen = asRecord(
      asRecord(JSON.parse((await scrape(`${guid}:1`, `${SHOP}/echo`, { 'x-forwarded-for': '1.2.3.4' })).text))[
        'headers'
      ],
    );
    expect(seen).not.toHaveProperty('x-cf-app-instance');
    expect(seen).toMatchObject({
      'x-forwarded-for': '1.2.3.4, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-cf-applicationid': guid,
      'x-cf-instanceindex': '1',
      host: 'shop.apps.sim.example',
    });
  });

  test('stopped, starting and crashed instances are gone', async () => {
    simulator.world.setInstance({ app: 'shop', index: 0, state: 'STARTING' });
    simulator.world.crash({ app: 'shop', index: 1 });
    expect([(await scrape(`${guid}:0`)).status, (await scrape(`${guid}:1`)).status]).toEqual([400, 400]);
    simulator.world.recover({ app: 'shop', index: 1 });
    simulator.world.setInstance({ app: 'shop', index: 0, state: 'RUNNING' });
    expect([(await scrape(`${guid}:0`)).status, (await scrape(`${guid}:1`)).status]).toEqual([200, 200]);
    simulator.world.stop('shop');
    expect((await scrape(`${guid}:0`)).status).toBe(400);
  });

  test('during a deployment the process that registered last answers; the process header tells them apart', async () => {
    simulator.world.beginRollingDeployment({ app: 'shop' });
    simulator.world.advanceDeployment('shop');
    const [older, newer] = simulator.world.application('shop').processes;
    const process = async (header: Record<string, string>): Promise<unknown> =>
      asRecord(JSON.parse((await ask(simulator, `${SHOP}/echo`, { headers: header })).text))['process_guid'];
    expect(await process({ 'X-CF-App-Instance': `${guid}:0` })).toBe(newer?.guid);
    expect(await process({ 'X-CF-Process-Instance': `${older?.guid}:0` })).toBe(older?.guid);
    expect(await process({ 'X-CF-App-Instance': `${guid}:0`, 'X-CF-Process-Instance': `${older?.guid}:0` })).toBe(
      newer?.guid,
    );
    simulator.world.reregister({ app: 'shop', index: 0 });
    expect(await process({ 'X-CF-App-Instance': `${guid}:0` })).toBe(newer?.guid);
    const missing = await ask(simulator, SHOP, { headers: { 'X-CF-Process-Instance': `${newer?.guid}:9` } });
    expect(missing.text).toContain(`Requested instance ('9') with process guid ('${newer?.guid}') does not exist`);
  });

  test('a dead but registered instance: 502 each time, until ordinary traffic prunes it', async () => {
    simulator.world.crash({ app: 'shop', index: 0, router: 'registered' });
    for (let count = 0; count < 2; count += 1) {
      const reply = await scrape(`${guid}:0`);
      expect([reply.status, reply.text]).toEqual([
        502,
        '502 Bad Gateway: Registered endpoint failed to handle the request.\n',
      ]);
      expect(reply.headers['x-cf-routererror']).toMatch(/^endpoint_failure \(dial tcp .*connection refused\)$/);
    }
    expect(who(await scrape(undefined))).toBe('shop:1');
    expect(who(await scrape(undefined))).toBe('shop:1');
    expect((await scrape(`${guid}:0`)).status).toBe(400);
    simulator.world.crash({ app: 'shop', index: 1, router: 'registered' });
    expect((await scrape(undefined)).status).toBe(502);
    const empty = await scrape(undefined);
    expect([empty.status, empty.headers['x-cf-routererror'], empty.headers['cache-control']]).toEqual([
      503,
      'no_endpoints',
      'public,max-age=2',
    ]);
    expect((await scrape(`${guid}:1`)).status).toBe(400);
    clock.advance(31_000);
    expect((await scrape(undefined)).status).toBe(404);
  });

  test.each([
    [undefined, [200, 200, 200, 200]],
    [1, [200, 200, 200, 502]],
  ])('tries of an ordinary request, %s: while one of four is dead', async (routerAttempts, expected) => {
    const other = await startSimulator({ applications: 0, ...(routerAttempts !== undefined && { routerAttempts }) });
    onTestFinished(other.stop);
    other.world.deployApplication({ name: 'shop', space: other.world.spaces()[0]?.guid ?? '', instances: 4 });
    other.world.crash({ app: 'shop', index: 2, router: 'registered' });
    const statuses: number[] = [];
    for (let times = 0; times < 4; times += 1) statuses.push((await ask(other, `${SHOP}/echo`)).status);
    expect(statuses.sort()).toEqual(expected);
  });

  test('a router that has just started knows nobody', async () => {
    simulator.platform.router = 'restarting';
    expect((await scrape(`${guid}:0`)).headers['x-cf-routererror']).toBe('unknown_route');
    expect((await scrape(undefined)).status).toBe(404);
  });
});

describe('lookup (facts 5.1)', () => {
  beforeEach(() => {
    const routes = ['shop.apps.sim.example/api', 'apps.sim.example/bare'];
    simulator.world.deployApplication({ name: 'api', space, routes });
    simulator.world.deployApplication({ name: 'wild', space, routes: [{ host: '*', domain: 'apps.sim.example' }] });
  });

  test.each([
    ['https://shop.apps.sim.example/echo', 'shop'],
    ['https://SHOP.APPS.sim.example/echo', 'shop'],
    ['https://shop.apps.sim.example/api', '404'],
    ['https://shop.apps.sim.example/API/metrics', 'api'],
    ['https://any.apps.sim.example/echo', 'wild'],
    ['https://apps.sim.example/bare/metrics', 'api'],
    ['https://apps.sim.example/other', '404 by the router'],
    ['http://shop.apps.sim.example/echo', 'shop'],
  ])('%s: %s', async (url, expected) => {
    const reply = await ask(simulator, url);
    const by = reply.headers['x-cf-routererror'] === undefined ? 'application' : 'router';
    if (expected === '404 by the router') expect([reply.status, by]).toEqual([404, 'router']);
    else if (expected.startsWith('404')) expect([reply.status, by]).toEqual([404, 'application']);
    else
      expect([reply.status, reply.text]).toEqual([200, expect.stringMatching(new RegExp(`"?app"?[:=]"${expected}"`))]);
  });
});

test.each([
  ['/api', 400],
  ['/api/x', 400],
  ['/apish', 404],
  ['//api', 404],
  ['/%61pi', 404],
])('a path belongs to another application by whole segments: %s: %i', async (path, status) => {
  simulator.world.deployApplication({ name: 'api', space, routes: ['shop.apps.sim.example/api'] });
  expect((await scrape(`${guid}:0`, `${SHOP}${path}`)).status).toBe(status);
});

test('empty host, health checks, sticky sessions, trace', async () => {
  expect((await ask(simulator, SHOP, { headers: { host: '127.0.0.1' } })).headers['x-cf-routererror']).toBe(
    'empty_host',
  );
  expect((await scrape(undefined, SHOP, { 'user-agent': 'HTTP-Monitor/1.1' })).text).toBe('ok\n');
  simulator.world.setBehaviour({ app: 'shop', behaviour: { setsSession: true } });
  const first = await scrape(`${guid}:1`, `${SHOP}/echo`, { 'x-vcap-trace': '22' });
  expect(first.headers['set-cookie']).toMatch(/^JSESSIONID=.*, __VCAP_ID__=.*HttpOnly/);
  expect(first.headers).toHaveProperty('x-vcap-backend');
  const cookie = `JSESSIONID=x; __VCAP_ID__=${/__VCAP_ID__=([^;]+)/.exec(first.headers['set-cookie'] ?? '')?.[1]}`;
  for (let count = 0; count < 3; count += 1)
    expect(who(await scrape(undefined, `${SHOP}/echo`, { cookie }))).toBe('shop:1');
});

describe('internal routes (facts 5.5)', () => {
  beforeEach(() => simulator.world.mapRoute({ app: 'shop', route: 'shop.apps.internal' }));

  test.each([
    ['http://0.shop.apps.internal:8080/echo', 'shop:0'],
    ['http://1.shop.apps.internal:8080/echo', 'shop:1'],
  ])('%s', async (url, expected) => {
    const reply = await ask(simulator, url);
    expect(who(reply)).toBe(expected);
    expect(reply.headers).not.toHaveProperty('x-vcap-request-id');
    expect(reply.text).not.toContain('x-forwarded-for');
  });

  test('by the sidecar over TLS, whose certificate knows no numbered names', async () => {
    const reply = await ask(simulator, 'https://shop.apps.internal:61443/echo');
    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"port":8080')]);
    expect((await ask(simulator, 'https://0.shop.apps.internal:61443/echo')).error).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    );
  });

  test('no connection: unknown index, port without listener, no network policy; the router does not know the name', async () => {
    for (const url of [
      'http://2.shop.apps.internal:8080/',
      'http://shop.apps.internal:9999/',
      'http://nobody.apps.internal:8080/',
    ]) {
      expect((await ask(simulator, url)).error).toBe('ECONNRESET');
    }
    await simulator.setNetworkPolicy('missing');
    expect((await ask(simulator, 'http://shop.apps.internal:8080/')).error).toBe('ECONNREFUSED');
    await simulator.setNetworkPolicy('allowed');
    expect((await ask(simulator, 'http://shop.apps.internal:8080/')).status).toBe(200);
    const routed = await ask(simulator, SHOP, { headers: { host: 'shop.apps.internal' } });
    expect([routed.status, routed.headers['x-cf-routererror']]).toEqual([404, 'unknown_route']);
  });
});
