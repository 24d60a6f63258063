import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { configFor, startPromregator } from './support/promregator-process.js';
import { waitUntil } from './support/wait-until.js';

const LISTS = ['organizations', 'spaces', 'apps', 'processes', 'routes', 'domains'] as const;

/** The foundation of the heaviest user known (facts/promregator.md 8, #170). */
describe('250 organizations, 1,750 spaces and 3,500 applications', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ organizations: 250, spaces: 1_750, applications: 3_500, instances: 1 });
  });

  afterAll(() => simulator.stop());

  async function firstDiscovery(targets: readonly object[]): Promise<{ targets: number; requests: number }> {
    simulator.requests.reset();
    const { cf, promregator } = configFor(simulator, { targets, discovery: { ownMetricsEndpoint: false } });
    const program = await startPromregator({ config: { cf: { ...cf, cache: {} }, promregator } });
    try {
      const document = await waitUntil(
        async () => {
          const answer = await fetch(`${program.url}/discovery`);
          return answer.status === 200 && JSON.parse(await answer.text());
        },
        { within: 20_000, describe: () => program.log() },
      );
      return {
        targets: document.length,
        requests: LISTS.reduce((sum, kind) => sum + simulator.requests.count(kind), 0),
      };
    } finally {
      await program.stop();
    }
  }

  test('the rule "everything" costs at most 20 requests', async () => {
    const { targets, requests } = await firstDiscovery([{}]);
    expect(targets).toBe(3_500);
    expect(requests).toBeLessThanOrEqual(20);
  });

  test('a rule that names one application costs at most 6, and lists no other space', async () => {
    const app = simulator.world.applications()[1_234];
    if (app === undefined) throw new Error('a world without that application');
    const rule = { orgName: app.space.organization.name, spaceName: app.space.name, applicationName: app.name };
    const { targets, requests } = await firstDiscovery([rule]);
    expect(targets).toBe(1);
    expect(requests).toBeLessThanOrEqual(6);
    const lines = simulator.requests
      .recent()
      .filter(({ kind }) => kind === 'apps' || kind === 'processes' || kind === 'routes');
    expect(lines.map(({ target }) => target.includes(app.space.guid))).toEqual([true, true, true]);
  });
});
