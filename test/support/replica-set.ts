import { onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/simulator.js';
import { configFor } from './promregator-process.js';
import { type Replicas, type ReplicasOptions, type RoutedPrometheus, startReplicas } from './replicas.js';
import { waitUntil } from './wait-until.js';

/** The rules that the documentation recommends to replicas on Cloud Foundry: their own metrics, and those of others. */
export const OWN = { applicationName: 'promregator', path: '/promregatorMetrics' };
export const EVERYTHING = { orgRegex: '.*' };

export function startWorld(options: SimulatorOptions = {}): Promise<Simulator> {
  return startSimulator({ applications: 3, instances: 2, ...options });
}

/** Ends with the test. */
export async function startBriefWorld(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startWorld(options);
  onTestFinished(simulator.stop);
  return simulator;
}

export interface SetUp {
  readonly instances: number;
  /** Settings of `promregator`, in the place of the usual ones. */
  readonly promregator?: object;
  /** Settings beside `cf` and `promregator`. */
  readonly rest?: object;
  readonly replicas?: Partial<ReplicasOptions>;
}

/** Replicas that serve. */
export async function startSet(
  simulator: Simulator,
  { instances, promregator, rest, replicas }: SetUp,
): Promise<Replicas> {
  const usual = configFor(simulator, {
    discovery: { ownMetricsEndpoint: false },
    targets: [OWN, EVERYTHING],
    ...promregator,
  });
  const set = startReplicas(simulator, { instances, config: { ...usual, ...rest }, ...replicas });
  await set.settled(instances);
  return set;
}

/** `guid:index` of all instances, those of Promregator too. */
export function everyInstance(simulator: Simulator): readonly string[] {
  return simulator.world
    .applications()
    .flatMap(({ guid, processes }) => (processes.at(-1)?.instances ?? []).map(({ index }) => `${guid}:${index}`))
    .sort();
}

export async function allUp(
  prometheus: RoutedPrometheus,
  jobs: readonly string[],
  instances: readonly string[],
): Promise<void> {
  const expected = jobs.flatMap((job) => instances.map((instance) => `${job} ${instance} up`)).sort();
  const seen = async (): Promise<readonly string[]> =>
    (await prometheus.targets()).map(({ labels, health }) => `${labels['job']} ${labels['instance']} ${health}`).sort();
  await waitUntil(async () => (await seen()).join() === expected.join(), {
    within: 30_000,
    describe: async () => ({ expected, targets: await prometheus.targets() }),
  });
}

/** Of `http_sd_configs`, since it started. */
export async function discoveryFailures({ url }: RoutedPrometheus): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^prometheus_sd_http_failures_total (\d+)$/m.exec(metrics)?.[1]);
}
