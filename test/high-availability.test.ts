import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Simulator } from '../simulator/simulator.js';
import {
  allUp,
  discoveryFailures,
  EVERYTHING,
  everyInstance,
  OWN,
  startBriefWorld,
  startSet,
  startWorld,
} from './support/replica-set.js';
import { type Replicas, type RoutedPrometheus, startRoutedPrometheus } from './support/replicas.js';
import { waitUntil } from './support/wait-until.js';

vi.setConfig({ testTimeout: 90_000 });

/** Of the five labels that the example for Prometheus makes; own metrics bring some of the same names. */
const relabel_configs = ['org', 'space', 'application'].map((kind) => ({
  source_labels: [`__meta_promregator_target_${kind}Name`],
  target_label: kind === 'application' ? 'app_name' : `${kind}_name`,
}));

describe('three replicas behind the router, own metrics guarded and with a prefix', () => {
  let simulator: Simulator;
  let replicas: Replicas;
  let prometheus: RoutedPrometheus;

  beforeAll(async () => {
    simulator = await startWorld();
    const basic = { username: 'prometheus', password: 'guarded-4711' };
    replicas = await startSet(simulator, {
      instances: 3,
      promregator: {
        metrics: { auth: 'BASIC', requestLatency: true, labelNamePrefix: 'own_' },
        authentication: { basic },
        targetAuthenticators: [{ id: 'own', type: 'basic', basic }],
        targets: [{ ...OWN, authenticatorId: 'own' }, EVERYTHING],
      },
    });
    prometheus = await startRoutedPrometheus(simulator, replicas, [
      { name: 'http', way: 'http_sd_configs', settings: { relabel_configs } },
      { name: 'file', way: 'file_sd_configs', settings: { relabel_configs } },
      { name: 'honoured', way: 'http_sd_configs', settings: { relabel_configs, honor_labels: true } },
    ]);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await simulator?.stop();
  });

  test('every target is up once, by http_sd_configs and by file_sd_configs, through the router only', async () => {
    const instances = everyInstance(simulator);
    expect(instances).toHaveLength(9);
    await allUp(prometheus, ['http', 'file', 'honoured'], instances);
    const hosts = (await prometheus.targets()).map(({ scrapeUrl }) => new URL(scrapeUrl).host);
    expect(new Set(hosts)).toEqual(new Set([replicas.host]));
    // Each replica has had its part of the requests.
    expect(new Set(replicas.requests().map((line) => line.charAt(0)))).toEqual(new Set(['0', '1', '2']));
  });

  test('own metrics arrive once per replica, with its instance id and its own values', async () => {
    const series = await waitUntil(
      async () => {
        const found = await prometheus.query('promregator_process_start_time_seconds{job="http"}');
        return found.length === 3 && found;
      },
      { within: 20_000, describe: () => prometheus.query('promregator_process_start_time_seconds') },
    );
    const told = Object.fromEntries(series.map(({ metric, value }) => [metric['instance'], Number(value[1])]));
    const basic = { authorization: `Basic ${Buffer.from('prometheus:guarded-4711').toString('base64')}` };
    const held = await Promise.all(
      replicas.instances().map(async ({ index, port }) => {
        const answer = await fetch(`http://127.0.0.1:${port}/promregatorMetrics`, { headers: basic });
        const [, value] = /^promregator_process_start_time_seconds (\S+)$/m.exec(await answer.text()) ?? [];
        return [`${replicas.guid}:${index}`, Number(value)];
      }),
    );
    expect(told).toEqual(Object.fromEntries(held));
    expect((await replicas.ask('/promregatorMetrics')).status).toBe(401);
  });

  test.each(['http', 'honoured'])('own labels do not collide with those of the target, job %s', async (job) => {
    const query = `sum by (own_app_name, app_name, exported_app_name) (promregator_request_latency_milliseconds_count{job="${job}"})`;
    const labels = await waitUntil(
      async () => {
        const found = (await prometheus.query(query)).map(({ metric }) => metric);
        return found.length === 4 && found;
      },
      { within: 20_000, describe: () => prometheus.query(query) },
    );
    const names = simulator.world.applications().map(({ name }) => name);
    expect(new Set(labels.map((each) => each['own_app_name']))).toEqual(new Set(names));
    expect(labels.every((each) => each['app_name'] === 'promregator' && each['exported_app_name'] === undefined)).toBe(
      true,
    );
  });

  test('each replica may scrape its own metrics and those of the others through the router', async () => {
    const asked = [0, 1, 2].flatMap((from) => [0, 1, 2].map((to) => [from, to] as const));
    const answers = await Promise.all(
      asked.map(([from, to]) => replicas.ask(`/singleTargetMetrics/${replicas.guid}/${to}?test=loop`, from)),
    );
    expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 200));
    const own = answers.map(({ text }) => /^promregator_process_start_time_seconds (\S+)$/m.exec(text)?.[1]);
    expect(new Set(own).size).toBe(3);
    expect(replicas.log(0).filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('a rolling replacement, one at a time: no scrape fails, no target is lost', async () => {
    const before = replicas.instances().map(({ guid }) => guid);
    await allUp(prometheus, ['http', 'file', 'honoured'], everyInstance(simulator));
    const since = new Date();
    const discoveryFailed = await discoveryFailures(prometheus);
    const complaints = prometheus.hearComplaints();
    await simulator.diego.roll({ app: 'promregator' });
    const after = await replicas.settled(3);
    expect(after.filter(({ guid }) => before.includes(guid))).toEqual([]);
    await allUp(prometheus, ['http', 'file', 'honoured'], everyInstance(simulator));
    // The replicas themselves are replaced under their indices, so these cannot all be there all the time (facts 5.2, 7).
    const others = `instance!~"${replicas.guid}:.*"`;
    const heard = complaints.stop().filter((text) => !text.includes(replicas.guid));
    expect([await prometheus.failures(`up{${others}}`, since), heard]).toEqual([{}, []]);
    expect(await prometheus.fewest(`up{${others}}`, since)).toBe(18);
    expect(await prometheus.fewest(`scrape_samples_scraped{${others}} > 0`, since)).toBe(18);
    expect(await discoveryFailures(prometheus)).toBe(discoveryFailed);
    expect(replicas.exits()).toEqual(before.map(() => 'Exited with status 0'));
  });
});

describe('two replicas, own metrics without a prefix', () => {
  let simulator: Simulator;
  let replicas: Replicas;
  let prometheus: RoutedPrometheus;

  beforeAll(async () => {
    simulator = await startWorld();
    replicas = await startSet(simulator, { instances: 2, promregator: { metrics: { requestLatency: true } } });
    prometheus = await startRoutedPrometheus(simulator, replicas, [
      { name: 'http', way: 'http_sd_configs', settings: { relabel_configs } },
      { name: 'file', way: 'file_sd_configs', settings: { relabel_configs } },
      { name: 'honoured', way: 'http_sd_configs', settings: { relabel_configs, honor_labels: true } },
    ]);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await simulator?.stop();
  });

  test('every target is up once', async () => {
    expect(everyInstance(simulator)).toHaveLength(8);
    await allUp(prometheus, ['http', 'file', 'honoured'], everyInstance(simulator));
  });

  test.each([
    ['http', 'exported_app_name', ['promregator']],
    ['honoured', 'app_name', undefined],
  ] as const)('job %s: whose labels are told by %s', async (job, label, appNames) => {
    const query = `sum by (instance, app_name, exported_app_name) (promregator_request_latency_milliseconds_count{job="${job}"})`;
    const series = await waitUntil(
      async () => {
        const found = (await prometheus.query(query)).map(({ metric }) => metric);
        return found.length === 8 && found;
      },
      { within: 20_000, describe: () => prometheus.query(query) },
    );
    const names = simulator.world.applications().map(({ name }) => name);
    expect(new Set(series.map((each) => each[label]))).toEqual(new Set(names));
    if (appNames !== undefined) expect(new Set(series.map((each) => each['app_name']))).toEqual(new Set(appNames));
    // Whatever is honoured, `instance` tells the replicas apart, so nothing is counted twice or lost.
    expect(new Set(series.map((each) => each['instance']))).toEqual(
      new Set([`${replicas.guid}:0`, `${replicas.guid}:1`]),
    );
  });
});

describe('a rule that selects Promregator itself', () => {
  test('"everything": offered with /promregatorMetrics only, said once by each, nothing multiplies', async () => {
    const simulator = await startBriefWorld();
    const replicas = await startSet(simulator, { instances: 3, promregator: { targets: [EVERYTHING] } });
    const indices = [0, 1, 2];
    const before = replicas.requests().length;
    const answers = await Promise.all(
      indices.map((index) => replicas.ask(`/singleTargetMetrics/${replicas.guid}/${index}`)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const passedOn = replicas.requests().slice(before);
    expect(passedOn.filter((line) => line.includes('/promregatorMetrics 200'))).toHaveLength(3);
    expect(passedOn).toHaveLength(6);
    for (const index of indices) {
      const said = replicas.log(index).filter(({ message }) => message.includes('selects Promregator itself'));
      expect(said).toHaveLength(1);
      expect(said[0]?.message).toContain('/promregatorMetrics');
    }
  });

  test.each(['/metrics', '/singleTargetMetrics/GUID/0'])(
    'its guid being unknown, by the path %s: 508 at the first hop, and the rule is named',
    async (path) => {
      const simulator = await startBriefWorld();
      const guid = await nextGuid(simulator);
      const rule = { id: 'all-of-it', orgRegex: '.*', path: path.replace('GUID', guid) };
      const replicas = await startSet(simulator, {
        instances: 3,
        promregator: { targets: [rule] },
        replicas: { platform: 'unknown' },
      });
      expect(replicas.guid).toBe(guid);
      await endsAtFirstHop(replicas, replicas);
    },
  );

  test('a second Promregator: 508 at the first hop, in both directions', async () => {
    const simulator = await startBriefWorld();
    const rule = { id: 'all-of-it', orgRegex: '.*' };
    const first = await startSet(simulator, { instances: 2, promregator: { targets: [rule] } });
    const second = await startSet(simulator, {
      instances: 2,
      promregator: { targets: [rule] },
      replicas: { name: 'promregator-two' },
    });
    await endsAtFirstHop(first, second);
    await endsAtFirstHop(second, first);
  });
});

/** Asks all replicas of `from` for all those of `to`, and counts what comes of it. */
async function endsAtFirstHop(from: Replicas, to: Replicas): Promise<void> {
  const indices = from.instances().map(({ index }) => index);
  await Promise.all(
    indices.map((index) =>
      waitUntil(async () => (await from.ask('/discovery', index)).text.includes(`/${to.guid}/${indices.length - 1}"`), {
        within: 20_000,
        describe: from.describe,
      }),
    ),
  );
  const before = to.requests().length;
  const pairs = indices.flatMap((by) => indices.map((index) => [by, index] as const));
  const answers = await Promise.all(
    pairs.map(([by, index]) => from.ask(`/singleTargetMetrics/${to.guid}/${index}`, by)),
  );
  expect(answers.map(({ status }) => status)).toEqual(pairs.map(() => 502));
  expect(answers[0]?.text).toContain('508');
  const passedOn = to.requests().slice(before);
  expect(passedOn.filter((line) => line.endsWith(' 508'))).toHaveLength(pairs.length);
  expect(passedOn).toHaveLength(from === to ? 2 * pairs.length : pairs.length);
  const [said] = to.log(0).filter(({ message }) => message.includes('would multiply at each hop'));
  expect(said?.['remedy']).toContain('all-of-it');
}

/** The guid that the next application gets: worlds of the same seed are alike. */
async function nextGuid({ world }: Simulator): Promise<string> {
  const twin = await startBriefWorld();
  const space = twin.world.spaces()[0]?.guid ?? '';
  expect(twin.world.applications().map(({ guid }) => guid)).toEqual(world.applications().map(({ guid }) => guid));
  return twin.diego.run({ name: 'promregator', space, instances: 0, command: 'true' }).guid;
}
