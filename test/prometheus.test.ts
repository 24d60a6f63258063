import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Prometheus, type PrometheusTarget, requireProgram, startPrometheus } from './support/prometheus.js';
import { configFor, type PromregatorProcess, startPromregator } from './support/promregator-process.js';
import { waitUntil } from './support/wait-until.js';

/** Prometheus takes up to ten seconds to act on a changed list (facts/prometheus.md 1.1). */
const SEEN_WITHIN_MS = 25_000;
/** Long enough for a list that lost its targets to show. */
const OUTAGE_MS = 12_000;

/** An own port, so that Prometheus finds the restarted program where the first one was. */
const ways = {
  http_sd_configs: (discoveryUrl: string) => ({ http_sd_configs: [{ url: discoveryUrl, refresh_interval: '1s' }] }),
  file_sd_configs: (_: string, folder: string) => ({
    file_sd_configs: [{ files: [join(folder, 'targets.json')], refresh_interval: '1s' }],
  }),
} as const;

describe.each(['http_sd_configs', 'file_sd_configs'] as const)(
  'a real Prometheus with %s',
  (way) => {
    let simulator: Simulator;
    let promregator: PromregatorProcess;
    let prometheus: Prometheus;
    let feeder: ChildProcess | undefined;
    let config: object;

    beforeAll(async () => {
      simulator = await startSimulator({ applications: 6, instances: 2 });
      config = configFor(simulator, { discovery: { ownMetricsEndpoint: false } });
      promregator = await startPromregator({ config });
      const discoveryUrl = `${promregator.url}/discovery`;
      prometheus = await startPrometheus((folder) => [{ job_name: 'cf', ...ways[way](discoveryUrl, folder) }]);
      if (way === 'file_sd_configs') feeder = feedByCurl(discoveryUrl, prometheus.folder);
    });

    afterAll(async () => {
      feeder?.kill('SIGKILL');
      await prometheus?.stop();
      await promregator?.stop();
      await simulator?.stop();
    });

    const running = (): Set<string> => new Set(expectedInstances(simulator));

    async function seesExactly(expected: ReadonlySet<string>, down: ReadonlySet<string> = new Set()): Promise<void> {
      await waitUntil(
        async () => {
          const targets = await prometheus.targets();
          return (
            targets.length === expected.size &&
            targets.every(
              (target) =>
                expected.has(instanceOf(target)) && target.health === (down.has(instanceOf(target)) ? 'down' : 'up'),
            )
          );
        },
        {
          within: SEEN_WITHIN_MS,
          describe: async () => ({ expected: [...expected], seen: (await prometheus.targets()).map(summary) }),
        },
      );
    }

    test('sees one healthy target per instance', async () => {
      expect(running().size).toBe(12);
      await seesExactly(running());
    });

    test('stores under each target the series of its own instance', async () => {
      const series = await waitUntil(
        async () => {
          const found = await prometheus.query('sim_app_info');
          return found.length === running().size && found;
        },
        { within: SEEN_WITHIN_MS, describe: () => prometheus.query('sim_app_info') },
      );
      expect(series.map(({ metric }) => metric['instance']).sort()).toEqual(
        series.map(({ metric }) => `${metric['app_guid']}:${metric['instance_index']}`).sort(),
      );
      expect(
        series.every(({ metric }) => metric['instance'] === `${metric['app_guid']}:${metric['instance_index']}`),
      ).toBe(true);
      const own = await prometheus.query('promregator_up == 1');
      expect(new Set(own.map(({ metric }) => metric['instance']))).toEqual(running());
    });

    test('follows scaling up and down, stopping and starting', async () => {
      const [first, second] = simulator.world.applications().map(({ guid }) => guid);
      if (first === undefined || second === undefined) throw new Error('a world without applications');
      simulator.world.scale(first, 4);
      simulator.world.stop(second);
      expect(running().size).toBe(12);
      await seesExactly(running());
      simulator.world.scale(first, 1);
      simulator.world.start(second);
      expect(running().size).toBe(11);
      await seesExactly(running());
    });

    test('keeps every target during a rolling deployment, and all are up after it', async () => {
      const app = simulator.world.applications()[2];
      if (app === undefined) throw new Error('a world without a third application');
      const before = new Set((await prometheus.targets()).map(instanceOf));
      simulator.world.beginRollingDeployment({ app: app.guid });
      const lost = watchForLosses(prometheus, before);
      while (simulator.world.application(app.guid).deployment !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        simulator.world.advanceDeployment(app.guid);
      }
      await seesExactly(before);
      expect(await lost.stop()).toEqual([]);
    });

    test('shows a failing instance by its own `up` alone', async () => {
      const app = simulator.world.applications()[3];
      if (app === undefined) throw new Error('a world without a fourth application');
      const fault = simulator.faults.add({
        kind: 'scrape',
        app: app.guid,
        index: 1,
        action: { type: 'status', status: 500, form: 'text' },
      });
      await seesExactly(running(), new Set([`${app.guid}:1`]));
      fault.remove();
      await seesExactly(running());
    });

    test('keeps a crashed instance as a target that is down', async () => {
      const app = simulator.world.applications()[3];
      if (app === undefined) throw new Error('a world without a fourth application');
      simulator.world.crash({ app: app.guid, index: 0 });
      await seesExactly(running(), new Set([`${app.guid}:0`]));
      simulator.world.recover({ app: app.guid, index: 0 });
      await seesExactly(running());
    });

    test('loses no target while Cloud Foundry is down, nor by a restart of Promregator meanwhile', async () => {
      const before = new Set((await prometheus.targets()).map(instanceOf));
      const lost = watchForLosses(prometheus, before);
      for (const kind of [
        'root',
        'organizations',
        'spaces',
        'apps',
        'processes',
        'routes',
        'domains',
        'token',
      ] as const) {
        simulator.faults.add({ kind, action: { type: 'status', status: 503, form: 'text' } });
      }
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS / 2));
      expect((await fetch(`${promregator.url}/-/ready`)).status).toBe(200);
      promregator = await restart(promregator, config);
      expect((await fetch(`${promregator.url}/discovery`)).status).toBe(503);
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
      simulator.faults.clear();
      await seesExactly(before);
      expect(await lost.stop()).toEqual([]);
    });

    test('loses no target when only one list fails after a restart', async () => {
      const before = new Set((await prometheus.targets()).map(instanceOf));
      const lost = watchForLosses(prometheus, before);
      simulator.faults.add({ kind: 'routes', action: { type: 'status', status: 500, form: 'capi' } });
      promregator = await restart(promregator, config);
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS));
      expect((await fetch(`${promregator.url}/discovery`)).status).toBe(503);
      simulator.faults.clear();
      await seesExactly(before);
      expect(await lost.stop()).toEqual([]);
    });
  },
  120_000,
);

function instanceOf({ labels }: PrometheusTarget): string {
  return labels['instance'] ?? '';
}

function summary(target: PrometheusTarget): string {
  return `${instanceOf(target)} ${target.health} ${target.lastError}`;
}

/** `<app guid>:<index>` for each desired instance: of several web processes the largest count. */
function expectedInstances(simulator: Simulator): string[] {
  return simulator.world.applications().flatMap((app) => {
    if (app.state !== 'STARTED') return [];
    const counts = app.processes.filter(({ type }) => type === 'web').map(({ desired }) => desired);
    return Array.from({ length: Math.max(0, ...counts) }, (_, index) => `${app.guid}:${index}`);
  });
}

function feedByCurl(discoveryUrl: string, folder: string): ChildProcess {
  requireProgram('curl');
  const target = join(folder, 'targets.json');
  const script = `while :; do curl -sf -o '${target}.new' '${discoveryUrl}' && mv '${target}.new' '${target}'; sleep 1; done`;
  return spawn('sh', ['-c', script], { stdio: 'ignore' });
}

/** On the same port, as a platform would. */
async function restart(promregator: PromregatorProcess, config: object): Promise<PromregatorProcess> {
  const { port } = new URL(promregator.url);
  await promregator.stop();
  return await startPromregator({ config, args: [`--server.port=${port}`] });
}

/** Looks at the targets all the time; `stop` tells which of them were missing at any moment. */
function watchForLosses(prometheus: Prometheus, wanted: ReadonlySet<string>): { stop(): Promise<readonly string[]> } {
  const lost = new Set<string>();
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const seen = new Set((await prometheus.targets()).map(instanceOf));
      for (const instance of wanted) if (!seen.has(instance)) lost.add(instance);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching;
      return [...lost];
    },
  };
}
