import { expect, onTestFinished, test, vi } from 'vitest';
import { allUp, EVERYTHING, everyInstance, startBriefWorld, startSet } from './support/replica-set.js';
import { startRoutedPrometheus } from './support/replicas.js';
import { waitUntil } from './support/wait-until.js';

vi.setConfig({ testTimeout: 90_000 });

/** More than what is held back before an answer begins (1 MiB), so that it is cut when its replica dies. */
const PIECE_BYTES = 1_100_000;
const LARGE = '# nothing to see here\n'.repeat(55_000);

test('SIGKILL of one of two: of the scrapes in flight on it those fail that nobody else can answer, once; no other', async () => {
  const simulator = await startBriefWorld();
  const { faults, diego, world } = simulator;
  world.deployApplication({
    name: 'large',
    space: world.spaces()[0]?.guid ?? '',
    instances: 2,
    behaviour: { canned: { contentType: 'text/plain; version=0.0.4', body: LARGE } },
  });
  // So long that scrapes are in flight at any moment, some of them answered in part.
  faults.add({ kind: 'scrape', path: '^/metrics', action: { type: 'delay', delayMs: 500 } });
  faults.add({ kind: 'scrape', app: 'large', action: { type: 'drip', bytes: PIECE_BYTES, intervalMs: 700 } });
  const replicas = await startSet(simulator, { instances: 2, promregator: { targets: [EVERYTHING] } });
  const jobs = ['http', 'file'];
  const prometheus = await startRoutedPrometheus(simulator, replicas, [
    // The router tells by the parameter which job has asked.
    { name: 'http', way: 'http_sd_configs', settings: { params: { job: ['http'] } } },
    { name: 'file', way: 'file_sd_configs', settings: { params: { job: ['file'] } } },
  ]);
  onTestFinished(prometheus.stop);
  await allUp(prometheus, jobs, everyInstance(simulator));

  const [victim] = replicas.instances();
  const since = new Date();
  const requests = simulator.watchInstance(victim?.guid ?? '');
  const old = requests.length;
  const dying = await waitUntil(
    () => {
      const isOver = requests.slice(0, old).every(({ state }) => state !== 'asked' && state !== 'answering');
      const isMixed = ['asked', 'answering'].every((each) => requests.some(({ state }) => state === each));
      if (!isOver || !isMixed) return false;
      diego.kill({ app: 'promregator', index: 0 });
      return requests.filter(({ state }) => state === 'asked' || state === 'answering');
    },
    { within: 30_000, describe: () => requests.slice(-10), every: 5 },
  );
  const killedAt = requests.length;
  await waitUntil(() => replicas.instances().every(({ guid, routable }) => guid !== victim?.guid && routable), {
    within: 20_000,
    describe: replicas.describe,
  });
  await allUp(prometheus, jobs, everyInstance(simulator));

  // Until the router noticed it has sent perhaps some more there.
  const touched = [...dying, ...requests.slice(killedAt)];
  const lost = touched.filter(({ state }) => state !== 'whole' && state !== 'elsewhere').map(({ target }) => target);
  const others = `instance!~"${replicas.guid}:.*"`;
  const failures = await prometheus.failures(`up{${others}}`, since);
  // An answer that had begun is lost; what was only asked the router asks the other one.
  expect([lost.length > 0, touched.some(({ state }) => state === 'elsewhere')]).toEqual([true, true]);
  expect(failures).toEqual(Object.fromEntries(scrapesOf(lost).map((scrape) => [scrape, 1])));
  expect(await prometheus.fewest(`up{${others}}`, since)).toBe(16);
});

/** As Prometheus names them, `job instance`. */
function scrapesOf(targets: readonly string[]): readonly string[] {
  return targets.flatMap((target) => {
    const [, guid, index, job] = /^\/singleTargetMetrics\/([^/]+)\/(\d+)\?job=(\w+)$/.exec(target) ?? [];
    return guid === undefined ? [] : [`${job} ${guid}:${index}`];
  });
}
