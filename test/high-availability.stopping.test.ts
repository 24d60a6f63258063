import { get } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { converse } from './support/raw-caller.js';
import { startRecordingApplication } from './support/recording-application.js';
import {
  allUp,
  discoveryFailures,
  EVERYTHING,
  everyInstance,
  startBriefWorld,
  startSet,
} from './support/replica-set.js';
import { type Replicas, startRoutedPrometheus } from './support/replicas.js';
import { waitUntil } from './support/wait-until.js';

vi.setConfig({ testTimeout: 90_000 });

/** Until routers hear that an instance stops: longer than it takes to stop, shorter than what is served on. */
const LATE = { routeLagMs: 1_500 };
const UNDRAINED = { server: { drainSeconds: 0 } };

/**
 * A router asks another instance when one refuses the connection, so ordinary requests do not tell whether anybody was
 * drained. Those do that name their instance, and those behind a router that tries but once (`router.backends.max_attempts`).
 * The second row of each table shows that the first one can fail.
 */
describe('a replica stops, and those who ask it do not know yet', () => {
  test.each([
    ['served on', {}, ['200', '400 unknown_route']],
    ['not served on', UNDRAINED, expect.arrayContaining([expect.stringMatching(/^502 endpoint_failure .*refused/)])],
  ] as const)('asked by its index, %s: what the router says until it knows', async (_, rest, expected) => {
    const simulator = await startBriefWorld();
    const replicas = await startSet(simulator, { instances: 2, rest, replicas: { run: { times: LATE } } });
    const said: string[] = [];
    simulator.diego.restartInstance({ app: 'promregator', index: 1 });
    await waitUntil(
      async () => {
        const { status, headers } = await replicas.ask('/discovery', 1);
        const word = `${status} ${headers['x-cf-routererror'] ?? ''}`.trim();
        if (said.at(-1) !== word) said.push(word);
        return word === '400 unknown_route';
      },
      { within: 20_000, describe: () => said, every: 10 },
    );
    expect(said).toEqual(expected);
  });

  test.each([
    ['served on', {}, 'nothing'],
    ['not served on', UNDRAINED, 'something'],
  ] as const)('two are replaced behind a router that tries once, %s', async (_, rest, fails) => {
    const simulator = await startBriefWorld({ routerAttempts: 1 });
    const replicas = await startSet(simulator, {
      instances: 2,
      promregator: { targets: [EVERYTHING] },
      rest,
      replicas: { run: { times: LATE } },
    });
    const prometheus = await startRoutedPrometheus(simulator, replicas, [
      { name: 'http', way: 'http_sd_configs' },
      { name: 'again', way: 'http_sd_configs' },
    ]);
    onTestFinished(prometheus.stop);
    await allUp(prometheus, ['http', 'again'], everyInstance(simulator));
    const since = new Date();
    const discoveryFailed = await discoveryFailures(prometheus);
    await simulator.diego.roll({ app: 'promregator' });
    await replicas.settled(2);
    await allUp(prometheus, ['http', 'again'], everyInstance(simulator));
    const others = `up{instance!~"${replicas.guid}:.*"}`;
    const failures = Object.keys(await prometheus.failures(others, since));
    const failed = { scrapes: failures, discoveries: (await discoveryFailures(prometheus)) - discoveryFailed };
    if (fails === 'nothing') expect(failed).toEqual({ scrapes: [], discoveries: 0 });
    else expect(failures.length + failed.discoveries).toBeGreaterThan(0);
    expect(await prometheus.fewest(others, since)).toBe(12);
  });
});

test('SIGTERM: first not ready, then served on, then no new connections; running scrapes end whole, all within 10 s', async () => {
  const running: Socket[] = [];
  const application = await startRecordingApplication((instance, socket) => {
    running.push(socket);
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${2 * HALF.length}\r\n\r\n${HALF}`);
    if (instance.endsWith(':1')) endless = socket;
  });
  onTestFinished(application.stop);
  let endless: Socket | undefined;
  const simulator = await startBriefWorld();
  const { guid, routes } = simulator.world.deployApplication({
    name: 'slow',
    space: simulator.world.spaces()[0]?.guid ?? '',
    instances: 2,
  });
  const [route] = routes;
  const host = `${route?.host}.${route?.domain.name}`;
  const replicas = await startSet(simulator, {
    instances: 1,
    promregator: {
      connectTo: [`${host}:80 -> 127.0.0.1:${application.port}`, ...simulator.connectTo],
      targets: [{ applicationName: 'slow', protocol: 'http' }],
    },
  });
  const port = replicas.instances()[0]?.port ?? 0;
  const events: string[] = [];
  const say = (event: string): void => void (events.includes(event) || events.push(event));
  const scrapes = [0, 1].map((index) => scrape(port, `/singleTargetMetrics/${guid}/${index}`));
  const [whole] = scrapes;
  await waitUntil(() => running.length === 2, { within: 10_000, describe: replicas.describe });

  simulator.world.stop('promregator');
  await waitUntil(
    async () => {
      const ready = await statusOf(port, '/-/ready');
      const discovery = await statusOf(port, '/discovery');
      if (ready === 503) say('not ready');
      if (ready === 503 && discovery === 200) say('serves on');
      if (discovery === undefined) say('refuses connections');
      else expect(discovery).toBe(200);
      return discovery === undefined;
    },
    { within: 10_000, describe: () => events, every: 20 },
  );
  for (const socket of running.filter((each) => each !== endless)) socket.write(HALF);
  void whole?.then((body) => body === HALF + HALF && say('a running scrape ends whole'));
  await waitUntil(() => ended(replicas), { within: 15_000, describe: () => [events, replicas.describe()] });
  say(ended(replicas) ?? '');
  expect(events).toEqual(ORDER);
  // What goes on without an end is cut for the sake of the rest.
  expect(await scrapes[1]).toBe('cut');
});

const HALF = '# a half of it\n';
const ORDER = ['not ready', 'serves on', 'refuses connections', 'a running scrape ends whole', 'Exited with status 0'];

function ended(replicas: Replicas): string | undefined {
  return replicas.exits().at(-1);
}

/** On a new connection; undefined where there is none to be had. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  const { answers } = await converse(port, `GET ${path} HTTP/1.1\r\nHost: promregator\r\n\r\n`, 1);
  return answers[0]?.status;
}

/** What came of the application's own, or `cut`. */
function scrape(port: number, path: string): Promise<string> {
  const headers = { 'x-prometheus-scrape-timeout-seconds': '60' };
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.once('end', () => resolve(text.slice(0, 2 * HALF.length)));
      response.once('error', () => resolve('cut'));
    });
    request.once('error', () => resolve('cut'));
  });
}
