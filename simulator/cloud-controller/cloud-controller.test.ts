import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator.js';
import { ask, askApi, askToken, asRecord, bearer, resourcesOf } from '../testing/client.js';

let simulator: Simulator;
let authorization: string;

beforeAll(async () => {
  simulator = await startSimulator({
    users: [
      { username: 'noscope', password: 'x', role: 'global_auditor', scopes: ['openid', 'cloud_controller.write'] },
    ],
    clients: [{ id: 'stranger', secret: 's', grants: ['client_credentials'] }],
  });
  authorization = await bearer(simulator);
});
afterAll(() => simulator.stop());

async function withSimulator<T>(options: SimulatorOptions, use: (it: Simulator) => Promise<T>): Promise<T> {
  const it = await startSimulator(options);
  try {
    return await use(it);
  } finally {
    await it.stop();
  }
}

describe('discovery (facts 1)', () => {
  test('root names UAA, login and version, and no v2', async () => {
    const links = asRecord((await askApi(simulator, '/')).json['links']);
    expect(links).toMatchObject({
      login: { href: 'https://login.sys.sim.example' },
      uaa: { href: 'https://uaa.sys.sim.example' },
      cloud_controller_v3: { href: 'https://api.sys.sim.example/v3', meta: { version: '3.228.0' } },
      credhub: null,
    });
    expect(links).not.toHaveProperty('cloud_controller_v2');
  });

  test.each([
    ['/v2/info', 200, '"token_endpoint":"https://uaa.sys.sim.example"'],
    ['/v3/info', 200, '"rate_limits":{"enabled":false'],
    ['/v3', 200, '"href":"https://api.sys.sim.example/v3/apps"'],
    ['/healthz', 200, 'OK'],
    ['/v2/apps', 404, 'V2 endpoints disabled'],
    ['/v3/nothing', 401, '10002'],
  ])('%s without a token: %i', async (path, status, text) => {
    const reply = await ask(simulator, `${simulator.apiHost}${path}`);
    expect([reply.status, reply.text]).toEqual([status, expect.stringContaining(text)]);
  });

  test('optional parts are null, v2 and Korifi look their way', async () => {
    await withSimulator({ rootLinks: 'minimal', v2: true, apiVersion: '3.117.0+cf-k8s' }, async (it) => {
      const { json } = await askApi(it, '/');
      expect(json).toMatchObject({ cf_on_k8s: true, links: { routing: null, login: { meta: { version: '' } } } });
      expect(json['links']).toHaveProperty('cloud_controller_v2');
    });
  });
});

describe('tokens (facts 2.6)', () => {
  test.each([
    ['none', undefined, 401, 10002],
    ['Basic', 'Basic Y2Y6', 401, 10002],
    ['nonsense', 'bearer nonsense', 401, 1000],
  ])('%s', async (_, header, status, code) => {
    const reply = await ask(
      simulator,
      `${simulator.apiHost}/v3/apps`,
      header === undefined ? {} : { headers: { authorization: header } },
    );
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.text)).toMatchObject({ errors: [{ code }] });
    expect(reply.headers['x-vcap-request-id']).toMatch(/^[\da-f-]{36}::[\da-f-]{36}$/);
  });

  test('no scope to read: 403; audience without cloud_controller: 401; refresh token: 401', async () => {
    expect(await askApi(simulator, '/v3/apps', await bearer(simulator, 'noscope', 'x'))).toMatchObject({
      status: 403,
      json: { errors: [{ code: 10003, title: 'CF-NotAuthorized' }] },
    });
    const stranger = await askToken(
      simulator,
      { grant_type: 'client_credentials', client_id: 'stranger', client_secret: 's' },
      {},
    );
    expect((await askApi(simulator, '/v3/apps', `bearer ${String(stranger.body['access_token'])}`)).status).toBe(401);
    const user = await askToken(simulator, {
      grant_type: 'password',
      username: simulator.username,
      password: simulator.password,
    });
    expect((await askApi(simulator, '/v3/apps', `bearer ${String(user.body['refresh_token'])}`)).status).toBe(401);
    expect((await askApi(simulator, '/v3/apps', `BEARER ${String(user.body['access_token'])}`)).status).toBe(200);
  });

  test('they expire after 20 minutes', async () => {
    const clock = manualClock();
    await withSimulator({ clock }, async (it) => {
      const token = await bearer(it);
      clock.advance(1_199_000);
      expect((await askApi(it, '/v3/apps', token)).status).toBe(200);
      clock.advance(2_000);
      expect((await askApi(it, '/v3/apps', token)).status).toBe(401);
    });
  });
});

describe('lists (facts 3)', () => {
  test('per_page, pages and the totals', async () => {
    const reply = await askApi(simulator, '/v3/apps?per_page=3&page=2&order_by=name', authorization);
    const base = 'https://api.sys.sim.example/v3/apps?order_by=%2Bname';
    expect(reply.json['pagination']).toEqual({
      total_results: 8,
      total_pages: 3,
      first: { href: `${base}&page=1&per_page=3` },
      last: { href: `${base}&page=3&per_page=3` },
      next: { href: `${base}&page=3&per_page=3` },
      previous: { href: `${base}&page=1&per_page=3` },
    });
    expect(resourcesOf(reply)).toHaveLength(3);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
    });
  });

  test('a page past the end knows no total, except of events', async () => {
    expect((await askApi(simulator, '/v3/apps?page=9', authorization)).json).toMatchObject({
      pagination: { total_results: 0, total_pages: 1, next: null },
      resources: [],
    });
    simulator.world.start(simulator.world.applications()[0]?.guid ?? '');
    expect((await askApi(simulator, '/v3/audit_events?page=99', authorization)).json).not.toMatchObject({
      pagination: { total_results: 0 },
    });
  });

  test.each([
    ['/v3/organizations', 3],
    ['/v3/spaces', 5],
    ['/v3/apps', 8],
    ['/v3/processes?types=web', 8],
    ['/v3/routes', 8],
    ['/v3/domains', 2],
    ['/v3/apps?names=NOBODY', 0],
    ['/v3/apps?guids=nobody', 0],
    ['/v3/apps?label_selector=team', 8],
    ['/v3/apps?label_selector=!team', 0],
    ['/v3/apps?created_ats[lt]=2020-01-01T00:00:00Z', 0],
    ['/v3/processes?types=worker,web', 8],
  ])('%s has %i', async (path, count) => {
    expect(resourcesOf(await askApi(simulator, path, authorization))).toHaveLength(count);
  });

  test('names regardless of case; by space, organization and application', async () => {
    const [app] = simulator.world.applications();
    if (app === undefined) throw new Error('no application');
    const inSpace = simulator.world.applications().filter((each) => each.space === app.space).length;
    for (const [query, count] of [
      [`apps?names=${app.name.toUpperCase()}`, 1],
      [`apps?space_guids=${app.space.guid}`, inSpace],
      [`processes?app_guids=${app.guid}`, 1],
      [`routes?app_guids=${app.guid}`, 1],
      [`routes?hosts=${app.name}`, 1],
      [`apps/${app.guid}/processes`, 1],
      [`apps/${app.guid}/routes`, 1],
    ] as const) {
      expect([query, resourcesOf(await askApi(simulator, `/v3/${query}`, authorization)).length]).toEqual([
        query,
        count,
      ]);
    }
  });

  test('included spaces and organizations, each once', async () => {
    const { json } = await askApi(simulator, '/v3/apps?include=space.organization', authorization);
    const included = asRecord(json['included']);
    expect(included['spaces']).toHaveLength(new Set(simulator.world.applications().map((app) => app.space)).size);
    expect(Object.keys(included)).toEqual(['spaces', 'organizations']);
  });

  test('request line over 8 KiB: 414 in HTML; header line: 400', async () => {
    const long = await askApi(simulator, `/v3/apps?guids=${'a'.repeat(8192)}`, authorization);
    expect([long.status, long.headers['content-type'], long.text]).toEqual([
      414,
      'text/html',
      '<html>\n<head><title>414 Request-URI Too Large</title></head>\n<body>\n<center><h1>414 Request-URI Too Large</h1></center>\n<hr><center>nginx</center>\n</body>\n</html>',
    ]);
    expect((await askApi(simulator, '/v3/apps', `bearer ${'a'.repeat(8192)}`)).status).toBe(400);
    expect((await askApi(simulator, `/v3/apps?guids=${'a'.repeat(8100)}`, authorization)).status).toBe(200);
  });

  test.each([
    ['3.210.0', 400],
    ['3.211.0', 200],
  ])('embed with API %s: %i', async (apiVersion, status) => {
    await withSimulator({ apiVersion }, async (it) => {
      const reply = await askApi(it, '/v3/processes?embed=process_instances');
      expect(reply.status).toBe(status);
      if (status === 200) {
        expect(resourcesOf(reply)[0]).toMatchObject({
          process_instances: [{ index: 0, state: 'RUNNING' }, { index: 1 }],
        });
      }
    });
  });

  test('suspended spaces since 3.224', async () => {
    await withSimulator({ apiVersion: '3.223.0' }, async (it) => {
      expect(resourcesOf(await askApi(it, '/v3/spaces'))[0]).not.toHaveProperty('suspended');
    });
    expect(resourcesOf(await askApi(simulator, '/v3/spaces', authorization))[0]).toHaveProperty('suspended', false);
  });
});

describe('processes and stats (facts 3.5, 3.6)', () => {
  test('command hidden; first web process has the guid of its application', async () => {
    const [app] = simulator.world.applications();
    const list = await askApi(simulator, `/v3/processes?app_guids=${app?.guid}`, authorization);
    expect(resourcesOf(list)[0]).toMatchObject({ guid: app?.guid, command: '[PRIVATE DATA HIDDEN IN LISTS]' });
    const single = await askApi(simulator, `/v3/processes/${app?.guid}`, authorization);
    expect(single.json['command']).toBe('[PRIVATE DATA HIDDEN]');
  });

  test('unstaged: null revision, null droplet, all DOWN with few keys; stopped likewise', async () => {
    const space = simulator.world.spaces()[0]?.guid ?? '';
    const app = simulator.world.deployApplication({ name: 'unstaged', space, staged: false, routes: [] });
    const process = await askApi(simulator, `/v3/processes/${app.guid}`, authorization);
    expect(process.json).toMatchObject({ relationships: { revision: null } });
    const shown = await askApi(simulator, `/v3/apps/${app.guid}`, authorization);
    expect(shown.json).toMatchObject({ relationships: { current_droplet: { data: { guid: null } } } });
    const stats = await askApi(simulator, `/v3/processes/${app.guid}/stats`, authorization);
    const down = {
      type: 'web',
      index: 0,
      state: 'DOWN',
      routable: null,
      uptime: 0,
      isolation_segment: null,
      details: null,
    };
    expect(stats.json).toEqual({ resources: [down] });
    simulator.world.delete(app.guid);

    const stopped = simulator.world.deployApplication({ name: 'stopped', space, state: 'STOPPED', routes: [] });
    expect((await askApi(simulator, `/v3/processes/${stopped.guid}/stats`, authorization)).json).toEqual({
      resources: [down],
    });
    simulator.world.delete(stopped.guid);
    expect((await askApi(simulator, `/v3/apps/${stopped.guid}`, authorization)).json).toMatchObject({
      errors: [{ detail: 'App not found', title: 'CF-ResourceNotFound', code: 10010 }],
    });
  });

  test('Diego, log cache and UAA out of reach; maintenance; the router in front', async () => {
    const guid = simulator.world.applications()[0]?.guid ?? '';
    const cases = [
      [{ diego: 'down' }, `/v3/processes/${guid}/stats`, 503, '200002'],
      [{ diego: 'down' }, '/v3/processes?embed=process_instances', 500, '"title":"UnknownError","code":10001'],
      [{ logCache: 'down' }, `/v3/processes/${guid}/stats`, 200, '"usage":{}'],
      [{ uaaKeys: 'down' }, '/v3/apps', 502, '20004'],
      [{ api: 'maintenance' }, '/v3/apps', 503, 'API down for maintenance'],
      [{ api: 'unregistered' }, '/v3/apps', 404, "Requested route ('api.sys.sim.example') does not exist."],
      [{ api: 'failing' }, '/v3/apps', 502, 'Registered endpoint failed'],
    ] as const;
    for (const [change, path, status, text] of cases) {
      const before = { ...simulator.platform };
      Object.assign(simulator.platform, change);
      const reply = await askApi(simulator, path, authorization);
      Object.assign(simulator.platform, before);
      expect([change, reply.status, reply.text]).toEqual([change, status, expect.stringContaining(text)]);
    }
  });
});

describe('rate limit (facts 4)', () => {
  test('tenths, then 429 as text with JSON; administrators and the root are exempt', async () => {
    const clock = manualClock();
    const users = [{ username: 'admin', password: 'a', role: 'admin' as const }];
    await withSimulator({ clock, users, rateLimit: { generalLimit: 20 } }, async (it) => {
      const token = await bearer(it);
      const seen: (string | undefined)[] = [];
      for (let count = 0; count < 20; count += 1) {
        seen.push((await askApi(it, '/v3/organizations', token)).headers['x-ratelimit-remaining']);
      }
      expect([seen[0], seen[1], seen[2], seen[19]]).toEqual(['18', '18', '16', '0']);
      const refused = await askApi(it, '/v3/organizations', token);
      expect(refused).toMatchObject({
        status: 429,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'x-ratelimit-limit': '20' },
      });
      expect(refused.text).toBe(
        '{"errors":[{"detail":"Rate Limit Exceeded","title":"CF-RateLimitExceeded","code":10013}]}',
      );
      expect(refused.headerNames).toContain('X-Ratelimit-Reset');
      expect((await askApi(it, '/', token)).status).toBe(200);
      const admin = await askApi(it, '/v3/apps', await bearer(it, 'admin', 'a'));
      expect([admin.status, admin.headers['x-ratelimit-limit']]).toEqual([200, undefined]);
      clock.advance(Number(refused.headers['retry-after']) * 1000);
      expect((await askApi(it, '/v3/apps', await bearer(it))).status).toBe(200);
    });
  });
});

describe('updated_at (facts 3.11)', () => {
  test('which changes show', async () => {
    const clock = manualClock(1_800_000_000_000);
    await withSimulator({ clock }, async (it) => {
      const [app] = it.world.applications();
      const [route] = app?.routes ?? [];
      if (app === undefined || route === undefined) throw new Error('no application with a route');
      const web = app.processes[0];
      const times = (): readonly (number | undefined)[] => [app.updatedMs, web?.updatedMs, route.updatedMs];
      const before = times();
      it.world.scale(app.guid, 3);
      expect(times()).toEqual([before[0], clock.now(), before[2]]);
      it.world.mapRoute({ app: app.guid, route: 'second.apps.sim.example' });
      it.world.unmapRoute({ app: app.guid, route: route.guid });
      expect(times()).toEqual([before[0], clock.now(), before[2]]);
      it.world.setMetadata({ kind: 'application', resource: app.guid, labels: { a: 'b', team: null } });
      expect([app.updatedMs, app.metadata.labels['a'], app.metadata.labels['team']]).toEqual([
        clock.now(),
        'b',
        undefined,
      ]);
    });
  });
});
