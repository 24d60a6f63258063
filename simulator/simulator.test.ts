import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSimulatorArguments, startSimulator } from './simulator.js';
import { ask, askApi, bearer, resourcesOf } from './testing/client.js';

test('250 organizations, 1,750 spaces and 3,500 applications start within 3 s and serve pages of 5,000', async () => {
  const begun = performance.now();
  const simulator = await startSimulator({ organizations: 250, spaces: 1750, applications: 3500, instances: 1 });
  const startedMs = performance.now() - begun;
  try {
    expect(startedMs).toBeLessThan(3_000);
    const token = await bearer(simulator);
    for (const [kind, count] of [
      ['organizations', 250],
      ['spaces', 1750],
      ['apps', 3500],
      ['processes', 3500],
      ['routes', 3500],
    ] as const) {
      const page = await askApi(simulator, `/v3/${kind}?per_page=5000`, token);
      expect([kind, new Set(resourcesOf(page).map((each) => each['guid'])).size]).toEqual([kind, count]);
    }
    expect(new Set(simulator.world.applications().map((app) => app.name)).size).toBe(3500);
  } finally {
    await simulator.stop();
  }
});

test('same seed, same world; another seed, another one', async () => {
  const guids: string[] = [];
  for (const seed of [7, 7, 8]) {
    const simulator = await startSimulator({ seed, applications: 20 });
    guids.push(
      simulator.world
        .applications()
        .map((app) => `${app.guid} ${app.space.guid}`)
        .join(),
    );
    await simulator.stop();
  }
  expect([guids[0] === guids[1], guids[0] === guids[2]]).toEqual([true, false]);
});

test('a domain made later has a certificate and an entry; stop ends everything', async () => {
  const simulator = await startSimulator({ applications: 1 });
  const [app] = simulator.world.applications();
  simulator.world.createDomain({ name: 'later.example' });
  simulator.world.mapRoute({ app: app?.guid ?? '', route: 'x.later.example' });
  expect((await ask(simulator, 'https://x.later.example/metrics')).status).toBe(200);
  await simulator.presentCertificate('x.later.example', ['foreign.example']);
  expect((await ask(simulator, 'https://x.later.example/metrics')).error).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  await simulator.presentCertificate('x.later.example', ['x.later.example'], 'expired');
  expect((await ask(simulator, 'https://x.later.example/metrics')).error).toBe('CERT_HAS_EXPIRED');
  await simulator.presentCertificate('x.later.example', ['x.later.example'], 'foreign');
  expect((await ask(simulator, 'https://x.later.example/metrics')).error).toMatch(/SELF_SIGNED|UNABLE_TO/);
  const { caFile, controlUrl, connectTo } = simulator;
  await simulator.stop();
  await simulator.stop();
  expect(existsSync(caFile)).toBe(false);
  await expect(fetch(controlUrl)).rejects.toThrow();
  const port = connectTo[0]?.split(':').at(-1);
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
});

test('http as scheme of the API', async () => {
  const simulator = await startSimulator({ scheme: 'http', applications: 1 });
  expect(simulator.apiHost).toBe('http://api.sys.sim.example');
  expect(resourcesOf(await askApi(simulator, '/v3/apps'))).toHaveLength(1);
  await simulator.stop();
});

test.each([
  [
    ['--applications=3500', '--instances=1', '--body-bytes=10', '--port=9443'],
    { applications: 3500, instances: 1, bodyBytes: 10, ports: { https: 9443 } },
  ],
  [['--scheme=http', '--seed=2', '--rate-limit=100'], { scheme: 'http', seed: 2, rateLimit: { generalLimit: 100 } }],
  [[], {}],
])('arguments %j', (args, options) => expect(parseSimulatorArguments(args)).toEqual(options));

test.each([
  [['--aplications=3'], 'there is no option --aplications'],
  [['--applications=x'], "--applications takes a whole number, not 'x'"],
  [['--applications'], '--applications needs a value'],
  [['--port=70000'], 'port up to 65535'],
  [['--scheme=ftp'], 'http or https'],
  [['--spaces=0'], 'leaves no place for applications'],
  [['extra'], 'there is no option extra'],
])('wrong arguments %j', (args, sentence) => expect(() => parseSimulatorArguments(args)).toThrow(sentence));
