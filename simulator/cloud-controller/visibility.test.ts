import { expect, test } from 'vitest';
import { startSimulator } from '../simulator.js';
import { askApi, bearer, resourcesOf } from '../testing/client.js';

/** Organizations, spaces, apps, routes, domains that a user sees in the world below. */
type Seen = readonly [number, number, number, number, number];

test('roles see what the table of facts 3.1 says', async () => {
  const user = (username: string, role: object) => ({ username, password: 'x', role });
  const simulator = await startSimulator({
    organizations: 0,
    spaces: 0,
    applications: 0,
    users: [
      user('nobody', {}),
      user('developer', { spaces: { 'one/dev': ['space_developer'] } }),
      user('supporter', { spaces: { 'one/dev': ['space_supporter'] } }),
      user('org-manager', { organizations: { one: ['organization_manager'] } }),
      user('org-auditor', { organizations: { one: ['organization_auditor'] } }),
      user('org-user', { organizations: { one: ['organization_user'] } }),
      user('billing', { organizations: { one: ['organization_billing_manager'] } }),
      user('other-developer', { spaces: { 'two/dev': ['space_developer'] } }),
    ],
  });
  const { world } = simulator;
  for (const organization of ['one', 'two']) {
    world.createOrganization({ name: organization });
    for (const space of ['dev', 'prod']) world.createSpace({ name: space, organization });
  }
  world.createDomain({ name: 'private.example', organization: 'one' });
  world.deployApplication({ name: 'a', space: 'one/dev', routes: ['a.apps.sim.example'] });
  world.deployApplication({ name: 'b', space: 'one/prod', routes: ['b.private.example'] });
  world.deployApplication({ name: 'c', space: 'two/dev', routes: [] });
  world.shareRoute({ route: 'a.apps.sim.example', space: 'two/dev' });

  const expected: Readonly<Record<string, Seen>> = {
    [simulator.username]: [2, 4, 3, 2, 3],
    nobody: [0, 0, 0, 0, 2],
    developer: [1, 1, 1, 1, 3],
    supporter: [1, 1, 1, 1, 3],
    'org-manager': [1, 2, 2, 2, 3],
    'org-auditor': [1, 0, 0, 2, 3],
    'org-user': [1, 0, 0, 0, 2],
    billing: [1, 0, 0, 0, 2],
    'other-developer': [1, 1, 1, 1, 2],
  };
  try {
    for (const [username, counts] of Object.entries(expected)) {
      const token = await bearer(simulator, username, username === simulator.username ? simulator.password : 'x');
      const seen: number[] = [];
      for (const kind of ['organizations', 'spaces', 'apps', 'routes', 'domains']) {
        seen.push(resourcesOf(await askApi(simulator, `/v3/${kind}`, token)).length);
      }
      expect([username, seen]).toEqual([username, counts]);
    }
    const token = await bearer(simulator, 'developer', 'x');
    expect((await askApi(simulator, `/v3/apps/${world.application('b').guid}`, token)).status).toBe(404);
    const own = await askApi(simulator, `/v3/processes/${world.application('a').guid}`, token);
    expect(own.json['command']).toBe('node dist/main.js');
  } finally {
    await simulator.stop();
  }
});
