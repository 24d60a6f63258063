import type { Milliseconds } from '../../src/base/duration.js';

/** What Diego runs for each instance of an application: in its own words a long-running process. */
export interface LongRunning {
  /** Looked for in `PATH` of the simulator. No shell: nothing stands between it and its signals. */
  readonly command: string;
  readonly args: readonly string[];
  /** As `cf set-env` has it; what the platform sets wins. */
  readonly env: Readonly<Record<string, string>>;
  /** Undefined: a folder of its own for each instance, deleted with it, as the disk of a container is. */
  readonly cwd: string | undefined;
  /** Content of `VCAP_SERVICES`. */
  readonly services: Readonly<Record<string, unknown>>;
  readonly memoryMb: number;
  readonly healthCheck: HealthCheck;
  readonly readinessCheck: HealthCheck;
  /** What happens first when an instance is to stop. In the real world it is both (facts 6, 7). */
  readonly routeRemoval: 'before-sigterm' | 'after-sigterm';
  readonly times: LongRunningTimes;
}

/** `process`: only that it lives. `port`: that it takes connections. `http`: that a GET of the endpoint gives 200. */
export type HealthCheck =
  | { readonly type: 'process' }
  | { readonly type: 'port' }
  | { readonly type: 'http'; readonly endpoint: string };

export interface LongRunningTimes {
  /** Between checks while an instance starts, or is not ready. Default 2 s. */
  readonly startIntervalMs: Milliseconds;
  /** Between checks of a healthy and ready instance. Default 30 s. */
  readonly checkIntervalMs: Milliseconds;
  /** What one check may take. Default 1 s. */
  readonly invocationTimeoutMs: Milliseconds;
  /** Who is not healthy by then has crashed. Default 60 s. */
  readonly startTimeoutMs: Milliseconds;
  /** Until the router has heard of a change. Default 500 ms. */
  readonly routeLagMs: Milliseconds;
  /** Between SIGTERM and SIGKILL. Default 10 s. */
  readonly gracefulShutdownMs: Milliseconds;
  /** Before the fourth restart; doubles up to the ninth. Default 30 s. */
  readonly restartBackoffMs: Milliseconds;
  /** What an evacuated instance waits for its replacement. Default 10 minutes. */
  readonly evacuationTimeoutMs: Milliseconds;
  /** Between two ticks of the deployment updater. Default 5 s. */
  readonly deploymentTickMs: Milliseconds;
}

/** Cloud Foundry's defaults (facts 6, 7). */
export const DEFAULT_TIMES: LongRunningTimes = {
  startIntervalMs: 2_000,
  checkIntervalMs: 30_000,
  invocationTimeoutMs: 1_000,
  startTimeoutMs: 60_000,
  routeLagMs: 500,
  gracefulShutdownMs: 10_000,
  restartBackoffMs: 30_000,
  evacuationTimeoutMs: 600_000,
  deploymentTickMs: 5_000,
};
