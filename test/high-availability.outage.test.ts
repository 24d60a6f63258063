import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Simulator } from '../simulator/simulator.js';
import { startRedis } from './support/redis-server.js';
import { allUp, discoveryFailures, everyInstance, startBriefWorld, startSet } from './support/replica-set.js';
import { startRoutedPrometheus } from './support/replicas.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

vi.setConfig({ testTimeout: 120_000 });

/** What outlives the replicas. */
interface Memory {
  /** Settings of `promregator`. */
  readonly settings: object;
  /** All that a start needs is in it. */
  isFull(): boolean | Promise<boolean>;
}

const INDICES = [0, 1];

test.each([
  ['promregator.cache.file', useFiles],
  ['Redis', useRedis],
] as const)(
  'Cloud Foundry is away while all replicas are restarted one after the other, with %s: no target is lost, no scrape fails',
  async (_, useMemory) => {
    const simulator = await startBriefWorld();
    const memory = await useMemory();
    const replicas = await startSet(simulator, { instances: INDICES.length, promregator: memory.settings });
    const prometheus = await startRoutedPrometheus(simulator, replicas, [{ name: 'http', way: 'http_sd_configs' }]);
    onTestFinished(prometheus.stop);
    const instances = everyInstance(simulator);
    await allUp(prometheus, ['http'], instances);
    await waitUntil(memory.isFull, { within: 20_000, describe: replicas.describe });
    const before = replicas.instances().map(({ guid }) => guid);
    const since = new Date();
    const discoveryFailed = await discoveryFailures(prometheus);

    const back = takeAway(simulator);
    for (const index of INDICES) {
      simulator.diego.restartInstance({ app: 'promregator', index });
      await replicas.settled(INDICES.length);
    }
    await allUp(prometheus, ['http'], instances);
    expect(replicas.instances().filter(({ guid }) => before.includes(guid))).toEqual([]);
    back();
    // Healed alone: what is new is seen. A replica that has not read it yet fails its scrapes, which are not meant here.
    const space = simulator.world.spaces()[0]?.guid ?? '';
    const { guid } = simulator.world.deployApplication({ name: 'new', space, instances: 1 });
    await allUp(prometheus, ['http'], everyInstance(simulator));

    const others = `up{instance!~"(${replicas.guid}|${guid}):.*"}`;
    expect(await prometheus.failures(others, since)).toEqual({});
    expect(await prometheus.fewest(others, since)).toBe(6);
    // Prometheus keeps what it had where an answer fails; so nobody may have answered with less.
    expect(await prometheus.fewest('up', since)).toBe(instances.length);
    expect(await discoveryFailures(prometheus)).toBe(discoveryFailed);
  },
);

/** The router says that the API does not answer, and UAA resets connections. */
function takeAway({ platform, faults }: Simulator): () => void {
  platform.api = 'failing';
  const token = faults.add({ kind: 'token', action: { type: 'reset', when: 'before_head' } });
  return () => {
    platform.api = 'up';
    token.remove();
  };
}

/** The disk of a container is gone with it: in the real world this is a volume. */
function useFiles(): Memory {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const file = (index: number | string): string => join(folder.path, `inventory-${index}`);
  return {
    settings: { cache: { file: file(`\${CF_INSTANCE_INDEX}`) } },
    isFull: () => INDICES.every((index) => existsSync(file(index))),
  };
}

async function useRedis(): Promise<Memory> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  return {
    settings: { replication: { redis: { url: redis.url } } },
    isFull: async () => (await redis.command('--scan')).includes(':value'),
  };
}
