import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator.js';
import { askApi, resourcesOf } from '../testing/client.js';

let simulator: Simulator;
let name = '';
let count = 0;

beforeAll(async () => {
  simulator = await startSimulator({ applications: 0 });
});
afterAll(() => simulator.stop());
beforeEach(() => {
  count += 1;
  name = `app-${count}`;
  simulator.world.deployApplication({ name, space: simulator.world.spaces()[0]?.guid ?? '', instances: 3 });
});

/** Desired counts and states of the web processes, as the world has them. */
function webs(): readonly string[] {
  return simulator.world
    .application(name)
    .processes.map(({ desired, instances }) => `${desired} ${instances.map(({ state }) => state.charAt(0)).join('')}`);
}

test('a rolling deployment replaces one instance after the other (facts 7)', async () => {
  const { world } = simulator;
  const { guid } = world.application(name);
  world.beginRollingDeployment({ app: name });
  const seen = [webs()];
  while (world.application(name).deployment !== undefined) {
    world.advanceDeployment(name);
    seen.push(webs());
  }
  expect(seen).toEqual([['3 RRR', '1 S'], ['2 RR', '2 RS'], ['1 R', '3 RRS'], ['3 RRR']]);
  const processes = resourcesOf(await askApi(simulator, `/v3/processes?types=web&app_guids=${guid}`));
  expect(processes).toHaveLength(1);
  expect(processes[0]?.['guid']).not.toBe(guid);
});

test('two web processes are listed, the form by type picks the newest, changes are refused', async () => {
  const { world } = simulator;
  const { guid } = world.application(name);
  world.beginRollingDeployment({ app: name, maxInFlight: 2 });
  const listed = resourcesOf(await askApi(simulator, `/v3/processes?types=web&app_guids=${guid}`));
  expect(listed.map((each) => each['instances'])).toEqual([3, 2]);
  const newest = await askApi(simulator, `/v3/apps/${guid}/processes/web`);
  expect(newest.json['guid']).toBe(listed[1]?.['guid']);
  expect(() => world.scale(name, 5)).toThrow('finish or cancel it first');
  expect(() => world.stop(name)).toThrow('finish or cancel it first');
  const deployments = await askApi(simulator, `/v3/deployments?app_guids=${guid}&status_values=ACTIVE`);
  expect(resourcesOf(deployments)[0]).toMatchObject({ status: { value: 'ACTIVE', reason: 'DEPLOYING' } });
  world.finishDeployment(name);
  expect(webs()).toEqual(['3 RRR']);
});

test('a canary pauses with all old instances, then finishes or is cancelled', async () => {
  const { world } = simulator;
  world.beginRollingDeployment({ app: name, strategy: 'canary' });
  expect(world.advanceDeployment(name).reason).toBe('PAUSED');
  world.advanceDeployment(name);
  expect(webs()).toEqual(['3 RRR', '1 R']);
  world.cancelDeployment(name);
  expect(webs()).toEqual(['3 RRR']);
  world.beginRollingDeployment({ app: name, strategy: 'canary' });
  world.advanceDeployment(name);
  expect(world.finishDeployment(name)).toMatchObject({ status: 'FINALIZED', reason: 'DEPLOYED' });
  expect(webs()).toEqual(['3 RRR']);
});

test('the original process may sit at 0 while a superseding deployment goes on', () => {
  const { world } = simulator;
  world.beginRollingDeployment({ app: name, maxInFlight: 3 });
  world.advanceDeployment(name);
  world.beginRollingDeployment({ app: name, maxInFlight: 3 });
  expect(world.application(name).processes).toHaveLength(2);
  world.beginRollingDeployment({ app: name, maxInFlight: 1 });
  world.advanceDeployment(name);
  expect(webs()[0]).toBe('0 ');
  world.finishDeployment(name);
  expect(webs()).toEqual(['3 RRR']);
});

test.each([
  [{ instances: 0 }, 0],
  [{ web: false, processes: [{ type: 'worker', instances: 2 }] }, undefined],
  [{ routes: [] }, 1],
])('odd applications: %j', (options, instances) => {
  const app = simulator.world.deployApplication({
    name: `odd-${name}`,
    space: simulator.world.spaces()[0]?.guid ?? '',
    ...options,
  });
  expect(app.processes.find((process) => process.type === 'web')?.instances.length).toBe(instances);
  simulator.world.delete(app.guid);
});
