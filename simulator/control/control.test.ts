import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator.js';
import { ask, askApi, bearer } from '../testing/client.js';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.stop());

async function control(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${simulator.controlUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
}

test('every change of the world by POST, in one life of an application', async () => {
  const steps: readonly (readonly [string, object, object])[] = [
    ['create-organization', { name: 'acme' }, { name: 'acme' }],
    ['create-space', { name: 'dev', organization: 'acme' }, { name: 'dev' }],
    ['create-space', { name: 'prod', organization: 'acme' }, { name: 'prod' }],
    ['create-domain', { name: 'acme.example', organization: 'acme' }, { name: 'acme.example' }],
    ['create-domain', { name: 'tcp.example', tcp: true }, { name: 'tcp.example' }],
    [
      'deploy',
      { name: 'life', space: 'acme/dev', instances: 2 },
      { name: 'life', processes: [{ desired: 2 }], routes: ['life.apps.sim.example'] },
    ],
    [
      'scale',
      { app: 'life', instances: 3 },
      { processes: [{ desired: 3, instances: ['RUNNING', 'RUNNING', 'RUNNING'] }] },
    ],
    ['crash', { app: 'life', index: 1 }, { processes: [{ instances: ['RUNNING', 'CRASHED', 'RUNNING'] }] }],
    ['recover', { app: 'life', index: 1 }, { processes: [{ instances: ['RUNNING', 'RUNNING', 'RUNNING'] }] }],
    [
      'set-instance',
      { app: 'life', index: 0, state: 'DOWN', placementError: 'insufficient resources: memory' },
      { processes: [{ instances: ['DOWN', 'RUNNING', 'RUNNING'] }] },
    ],
    ['set-behaviour', { app: 'life', behaviour: { canned: { status: 500 } } }, { name: 'life' }],
    [
      'add-process',
      { app: 'life', type: 'worker', instances: 1 },
      { processes: [{ type: 'web' }, { type: 'worker' }] },
    ],
    [
      'map-route',
      { app: 'life', route: 'life.acme.example/path', port: 9090 },
      { routes: ['life.apps.sim.example', 'life.acme.example/path'] },
    ],
    [
      'map-route',
      { app: 'life', domain: 'tcp.example', tcpPort: 1024 },
      { routes: ['life.apps.sim.example', 'life.acme.example/path', 'tcp.example:1024'] },
    ],
    ['share-route', { route: 'life.acme.example/path', space: 'acme/prod' }, { guid: expect.any(String) }],
    [
      'unmap-route',
      { app: 'life', route: 'tcp.example:1024' },
      { routes: ['life.apps.sim.example', 'life.acme.example/path'] },
    ],
    ['delete-route', { route: 'tcp.example:1024' }, { guid: expect.any(String) }],
    ['rename', { kind: 'application', resource: 'life', name: 'renamed' }, { name: 'renamed' }],
    ['set-metadata', { kind: 'application', resource: 'renamed', labels: { a: 'b' } }, { labels: { a: 'b' } }],
    ['stop', { app: 'renamed' }, { state: 'STOPPED', processes: [{ desired: 3, instances: [] }, {}] }],
    [
      'start',
      { app: 'renamed' },
      { state: 'STARTED', processes: [{ desired: 3, instances: ['RUNNING', 'RUNNING', 'RUNNING'] }, {}] },
    ],
    ['begin-deployment', { app: 'renamed' }, { deployment: 'DEPLOYING' }],
    ['advance-deployment', { app: 'renamed' }, { deployment: 'DEPLOYING' }],
    ['cancel-deployment', { app: 'renamed' }, { deployment: null }],
    ['begin-deployment', { app: 'renamed', strategy: 'canary' }, { deployment: 'DEPLOYING' }],
    ['finish-deployment', { app: 'renamed' }, { deployment: null }],
    ['delete', { app: 'renamed' }, { name: 'renamed' }],
  ];
  for (const [name, body, expected] of steps) {
    const { status, json } = await control('POST', `/world/${name}`, body);
    expect([name, status, json]).toEqual([name, 200, expect.objectContaining({})]);
    expect(json, name).toMatchObject(expected);
  }
  const help = (await control('GET', '/')).json;
  for (const [name] of steps) expect(help).toContain(name);
});

test.each([
  ['POST', '/world/scale', { app: 'nobody', instances: 1 }, 404, 'no application nobody'],
  ['POST', '/world/scale', { app: 'nobody' }, 400, 'instances'],
  ['POST', '/world/scale', { app: 'x', instances: 1, typo: 1 }, 400, 'typo'],
  ['POST', '/world/fly', {}, 404, 'knows no change fly'],
  ['POST', '/faults', { action: { type: 'magic' } }, 400, 'action.type'],
  ['POST', '/platform', { diego: 'sideways' }, 400, 'diego'],
  ['DELETE', '/faults/99', undefined, 404, 'no fault 99'],
  ['GET', '/nothing', undefined, 404, 'GET / lists'],
])('%s %s %j is refused with a sentence', async (method, path, body, status, sentence) => {
  const reply = await control(method, path, body);
  expect([reply.status, JSON.stringify(reply.json)]).toEqual([status, expect.stringContaining(sentence)]);
});

test('faults, platform, tokens and requests', async () => {
  const token = await bearer(simulator);
  const apps = async (): Promise<number> => (await askApi(simulator, '/v3/apps', token)).status;
  const added = await control('POST', '/faults', {
    kind: 'apps',
    action: { type: 'status', status: 500, form: 'capi' },
  });
  expect([added.status, await apps()]).toEqual([200, 500]);
  const { id } = added.json as { id: number };
  expect((await control('DELETE', `/faults/${id}`)).status).toBe(200);
  expect(await apps()).toBe(200);
  await control('POST', '/platform', { api: 'maintenance' });
  expect(await apps()).toBe(503);
  await control('POST', '/platform', { api: 'up', networkPolicy: 'missing' });
  expect(simulator.platform).toMatchObject({ api: 'up', networkPolicy: 'missing' });
  await control('POST', '/tokens/expire');
  expect(await apps()).toBe(401);

  await control('POST', '/requests/reset');
  await askApi(simulator, '/v3/apps?per_page=1', token);
  await ask(simulator, `${simulator.apiHost}/`);
  expect((await control('GET', '/requests')).json).toMatchObject({ total: 2, byKind: { apps: 1, root: 1, token: 0 } });
  expect((await control('GET', '/requests/recent')).json).toMatchObject([
    { kind: 'apps', target: '/v3/apps?per_page=1', status: 401 },
    { kind: 'root', status: 200 },
  ]);
  expect(simulator.requests.bytes('root')).toBeGreaterThan(500);
  expect((await control('GET', '/world')).json).toMatchObject({ applications: 8, webInstances: 16 });
});
