import { SimulatorError } from '../simulator-error.js';
import type { ApplicationOptions } from '../world/creation.js';
import { DEFAULT_TIMES, type HealthCheck, type LongRunning, type LongRunningTimes } from '../world/long-running.js';

/** An application as `cf push` takes it, with the command that runs in each of its containers. */
export interface RunOptions extends Omit<ApplicationOptions, 'longRunning' | 'behaviour' | 'web' | 'processes'> {
  /** A program, by path or found in `PATH`. No shell: with one, `exec` is needed for signals to arrive. */
  readonly command: string;
  readonly args?: readonly string[];
  /** As `cf set-env` has it; what the platform sets wins. Nothing of the simulator's own environment but `PATH` is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder and `HOME`. Default: a fresh one for each instance, deleted with it. */
  readonly cwd?: string;
  /** Content of `VCAP_SERVICES`. Default `{}`. */
  readonly services?: Readonly<Record<string, unknown>>;
  /** Told in `MEMORY_LIMIT`, not enforced. Default 256. */
  readonly memoryMb?: number;
  /** Default `port`. */
  readonly healthCheck?: HealthCheck;
  /** Default `process`. */
  readonly readinessCheck?: HealthCheck;
  /** Default `after-sigterm`: requests still come after the signal. */
  readonly routeRemoval?: LongRunning['routeRemoval'];
  readonly times?: Partial<LongRunningTimes>;
}

export function longRunningOf(options: RunOptions): LongRunning {
  const { command } = options;
  if (command === '') throw new SimulatorError('invalid', `${options.name} needs a command to run`);
  return {
    command,
    args: options.args ?? [],
    env: options.env ?? {},
    cwd: options.cwd,
    services: options.services ?? {},
    memoryMb: options.memoryMb ?? 256,
    healthCheck: options.healthCheck ?? { type: 'port' },
    readinessCheck: options.readinessCheck ?? { type: 'process' },
    routeRemoval: options.routeRemoval ?? 'after-sigterm',
    times: { ...DEFAULT_TIMES, ...options.times },
  };
}
