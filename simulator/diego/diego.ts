import type { Milliseconds } from '../../src/base/duration.js';
import type { Settings } from '../options.js';
import { SimulatorError } from '../simulator-error.js';
import { deployApplication } from '../world/creation.js';
import type { Application, Instance, InstanceState } from '../world/records.js';
import { advanceRollout, beginRollout, type RolloutOptions } from '../world/rollout.js';
import { findApplication, newestProcess, type WorldState } from '../world/state.js';
import { type ApplicationLogs, createApplicationLogs, type LogLine } from './application-log.js';
import { type Cell, createCell } from './cell.js';
import { longRunningOf, type RunOptions } from './long-running-options.js';

/**
 * Runs applications whose instances are real processes, as Diego runs containers. The world's own functions scale, stop, start
 * and delete them like others.
 */
export interface Diego {
  /** The instances are STARTING afterwards. Fails with a `SimulatorError` where the world refuses the application. */
  run(options: RunOptions): Application;
  /** All that runs of it now: also what is about to stop, and what is about to replace another. */
  instances(app: string): readonly RunningInstance[];
  /** The last 20,000 lines or more, oldest first. */
  logs(app: string): readonly LogLine[];
  /** What `cf ssh` and `kill` would do; SIGKILL unless said. */
  kill(options: KillOptions): void;
  /** `cf restart-app-instance`: this one stops, another of the same index starts. */
  restartInstance(options: InstanceChoice): void;
  /** The cell of an instance goes out of service: a second instance of the same index starts, then the first one stops. */
  evacuate(options: InstanceChoice): void;
  /** A rolling deployment from its begin to its end. */
  roll(options: RolloutOptions): Promise<void>;
}

export interface InstanceChoice {
  /** Name or guid. */
  readonly app: string;
  readonly index: number;
}

export interface KillOptions extends InstanceChoice {
  readonly signal?: NodeJS.Signals;
}

export interface RunningInstance {
  readonly guid: string;
  readonly index: number;
  readonly processGuid: string;
  readonly state: InstanceState;
  /** Whether the router sends requests there. */
  readonly routable: boolean;
  readonly pid: number | undefined;
  readonly port: number | undefined;
}

/** Diego as the simulator itself has it. */
export interface RunningDiego extends Diego {
  readonly applicationLogs: ApplicationLogs;
  /** Ends all processes at once, and waits for their end. */
  stop(): Promise<void>;
}

export function createDiego(state: WorldState, settings: Settings): RunningDiego {
  const applicationLogs = createApplicationLogs();
  const cell: Cell = createCell({ state, settings, logs: applicationLogs });
  state.runner = cell;

  const pause = (delayMs: Milliseconds): Promise<void> =>
    new Promise((resolve) => settings.clock.after(delayMs, resolve));

  return {
    applicationLogs,
    run: (options) => deployApplication(state, { ...options, longRunning: longRunningOf(options) }),
    instances(app) {
      const { processes, unlisted } = findApplication(state, app);
      const all = new Set([...processes.flatMap(({ instances }) => instances), ...unlisted]);
      return [...all].map((each) => view(each, cell));
    },
    logs: (app) => applicationLogs.of(findApplication(state, app).guid),
    kill(options) {
      const instance = findInstance(state, options);
      const life = cell.lifeOf(instance);
      if (life === undefined) throw new SimulatorError('refused', `Nothing runs: the instance is ${instance.state}`);
      life.signal(options.signal ?? 'SIGKILL');
    },
    restartInstance: (options) => cell.replace(findInstance(state, options)),
    evacuate: (options) => cell.evacuate(findInstance(state, options)),
    async roll(options) {
      const deployment = beginRollout(state, options);
      const tickMs = deployment.application.longRunning?.times.deploymentTickMs ?? 0;
      while (deployment.status === 'ACTIVE' && deployment.reason !== 'PAUSED') {
        await pause(tickMs);
        if (deployment.application.deployment === deployment) advanceRollout(state, deployment.application.guid);
      }
    },
    stop: () => cell.destroy(),
  };
}

function findInstance(state: WorldState, { app, index }: InstanceChoice): Instance {
  const application = findApplication(state, app);
  if (application.longRunning === undefined) {
    throw new SimulatorError('refused', `${application.name} is simulated: it has no processes`);
  }
  const instance = newestProcess(application, 'web')?.instances[index];
  if (instance === undefined) throw new SimulatorError('not_found', `${application.name} has no instance ${index}`);
  return instance;
}

function view(instance: Instance, cell: Cell): RunningInstance {
  const { guid, index, process, state, registration, hostPort } = instance;
  const { pid } = cell.lifeOf(instance) ?? { pid: undefined };
  return { guid, index, processGuid: process.guid, state, routable: registration > 0, pid, port: hostPort };
}
