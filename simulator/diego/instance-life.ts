import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Timer } from '../../src/base/clock.js';
import type { Milliseconds } from '../../src/base/duration.js';
import { describeError } from '../../src/base/errors.js';
import { freePort } from '../../src/base/free-port.js';
import type { Settings } from '../options.js';
import { register } from '../world/instances.js';
import type { HealthCheck, LongRunning } from '../world/long-running.js';
import type { Instance } from '../world/records.js';
import type { WorldState } from '../world/state.js';
import type { ApplicationLogs, LogLine } from './application-log.js';
import { type Container, type Exit, startContainer } from './container.js';
import { environmentOf } from './environment.js';
import { checkHealth } from './health-check.js';
import type { Watchman } from './watchman.js';

export interface LifeOptions {
  readonly instance: Instance;
  readonly longRunning: LongRunning;
  readonly state: WorldState;
  readonly settings: Pick<Settings, 'scheme' | 'systemDomain' | 'address' | 'clock'>;
  readonly logs: ApplicationLogs;
  readonly watchman: Watchman;
  /** Holds the folders of all instances. */
  readonly folder: string;
  /** It runs, is ready, and the router has heard of it. */
  onRoutable(): void;
  /** It has ended without being told to. */
  onCrash(exit: Exit): void;
  /** Nothing of it is left but perhaps, for a moment, its route. */
  onEnd(): void;
}

/** One instance from its first process to its last. Another container for the same index is another life. */
export interface Life {
  readonly pid: number | undefined;
  /** Takes it from the router and ends it, in the order that its application wants. */
  stop(): void;
  signal(signal: NodeJS.Signals): void;
  /** At once, with the whole foundation. */
  destroy(): Promise<void>;
}

type Phase = 'starting' | 'running' | 'unhealthy' | 'stopping' | 'over';

export function startLife(options: LifeOptions): Life {
  const life = new InstanceLife(options);
  life.begin();
  return life;
}

class InstanceLife implements Life {
  readonly #options: LifeOptions;
  readonly #place: string;
  readonly #bornMs: Milliseconds;
  readonly #timers = new Set<Timer>();
  #phase: Phase = 'starting';
  #container: Container | undefined;

  constructor(options: LifeOptions) {
    this.#options = options;
    this.#place = join(options.folder, options.instance.guid);
    this.#bornMs = options.settings.clock.monotonic();
  }

  get pid(): number | undefined {
    return this.#container?.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.#container?.signal(signal);
  }

  begin(): void {
    this.#createContainer().catch((error: unknown) => {
      this.#say('CELL', `Cannot create the container: ${describeError(error)}`, 'ERR');
      this.#ended({ status: CANNOT_BEGIN }, 'CELL');
    });
  }

  stop(): void {
    const { instance, longRunning } = this.#options;
    if (this.#phase === 'stopping' || this.#phase === 'over') return;
    this.#phase = 'stopping';
    this.#clearTimers();
    instance.state = 'STOPPING';
    instance.ready = false;
    instance.process.application.unlisted.add(instance);
    this.#say('CELL', 'Stopping instance');
    const { routeLagMs, gracefulShutdownMs } = longRunning.times;
    const terminate = (): void => this.#container?.stop(gracefulShutdownMs);
    if (longRunning.routeRemoval === 'before-sigterm') {
      this.#leaveRouter();
      this.#later(routeLagMs, terminate);
    } else {
      terminate();
      this.#later(routeLagMs, () => this.#leaveRouter());
    }
  }

  async destroy(): Promise<void> {
    this.#clearTimers();
    this.#phase = 'stopping';
    this.#container?.signal('SIGKILL');
    await this.#container?.ended;
  }

  async #createContainer(): Promise<void> {
    const { instance, longRunning, settings, watchman } = this.#options;
    const port = await freePort(settings.address);
    if (this.#phase !== 'starting') {
      this.#finish();
      return;
    }
    instance.hostPort = port;
    mkdirSync(join(this.#place, 'tmp'), { recursive: true });
    mkdirSync(join(this.#place, 'app'));
    const home = longRunning.cwd ?? join(this.#place, 'app');
    const source = `APP/PROC/${instance.process.type.toUpperCase()}`;
    this.#container = startContainer({
      command: longRunning.command,
      args: longRunning.args,
      env: environmentOf({ instance, longRunning, settings, port, folder: this.#place, home }),
      cwd: home,
      watchman,
      clock: settings.clock,
      onLine: (stream, text) => this.#say(source, text, stream),
    });
    void this.#container.ended.then((exit) => this.#ended(exit, source));
    this.#say('CELL', 'Starting health monitoring of container');
    void this.#startUp(this.#bornMs + longRunning.times.startTimeoutMs);
  }

  /** Again and again until it is healthy, or the time is up. */
  async #startUp(deadlineMs: Milliseconds): Promise<void> {
    const { longRunning, settings } = this.#options;
    const { startIntervalMs, startTimeoutMs } = longRunning.times;
    const failure = await this.#failureOf(longRunning.healthCheck);
    if (this.#phase !== 'starting') return;
    if (failure === undefined) {
      this.#run();
    } else if (settings.clock.monotonic() >= deadlineMs) {
      this.#giveUp(`Failed after ${startTimeoutMs} ms: startup health check never passed: ${failure}`);
    } else {
      this.#later(startIntervalMs, () => void this.#startUp(deadlineMs));
    }
  }

  #run(): void {
    const { instance, longRunning, settings } = this.#options;
    this.#phase = 'running';
    instance.state = 'RUNNING';
    instance.sinceMs = settings.clock.now();
    instance.alive = true;
    this.#say('CELL', 'Container became healthy');
    const { checkIntervalMs } = longRunning.times;
    if (longRunning.healthCheck.type !== 'process') this.#later(checkIntervalMs, () => void this.#checkLiveness());
    void this.#checkReadiness();
  }

  async #checkLiveness(): Promise<void> {
    const { longRunning } = this.#options;
    const failure = await this.#failureOf(longRunning.healthCheck);
    if (this.#phase !== 'running') return;
    if (failure === undefined) this.#later(longRunning.times.checkIntervalMs, () => void this.#checkLiveness());
    else this.#giveUp(`Instance became unhealthy: liveness check unsuccessful: ${failure}`);
  }

  /** Toggles whether the router knows it, and nothing else. Also brings back what ordinary traffic has pruned. */
  async #checkReadiness(): Promise<void> {
    const { instance, longRunning } = this.#options;
    const { routeLagMs, checkIntervalMs, startIntervalMs } = longRunning.times;
    const failure = await this.#failureOf(longRunning.readinessCheck);
    if (this.#phase !== 'running') return;
    const ready = failure === undefined;
    if (ready !== instance.ready) {
      this.#say('CELL', ready ? 'Container became ready' : `Container became not ready: ${failure}`);
    }
    instance.ready = ready;
    if (ready !== instance.registration > 0) this.#later(routeLagMs, () => this.#tellRouter());
    this.#later(ready ? checkIntervalMs : startIntervalMs, () => void this.#checkReadiness());
  }

  #failureOf(check: HealthCheck): Promise<string | undefined> {
    const { instance, longRunning, settings } = this.#options;
    const { address, clock } = settings;
    const timeoutMs = longRunning.times.invocationTimeoutMs;
    return checkHealth({ check, address, port: instance.hostPort ?? 0, timeoutMs, clock });
  }

  #tellRouter(): void {
    const { instance, state, onRoutable } = this.#options;
    if (!instance.ready) {
      this.#leaveRouter();
    } else if (this.#phase === 'running' && instance.registration === 0) {
      register(state, instance);
      onRoutable();
    }
  }

  #leaveRouter(): void {
    const { instance } = this.#options;
    instance.registration = 0;
    if (this.#phase === 'over') instance.process.application.unlisted.delete(instance);
  }

  /** An unhealthy one is ended as one that is told to stop, and counts as crashed. */
  #giveUp(why: string): void {
    const { instance, longRunning } = this.#options;
    this.#phase = 'unhealthy';
    this.#say('CELL', why, 'ERR');
    instance.ready = false;
    this.#later(longRunning.times.routeLagMs, () => this.#leaveRouter());
    this.#container?.stop(longRunning.times.gracefulShutdownMs);
  }

  #ended(exit: Exit, source: string): void {
    const { instance, longRunning, settings, onCrash } = this.#options;
    this.#say(source, `Exited with status ${exit.status}`, exit.status === 0 ? 'OUT' : 'ERR');
    const wanted = this.#phase === 'stopping';
    this.#phase = 'over';
    instance.alive = false;
    instance.ready = false;
    if (wanted) {
      this.#finish();
      return;
    }
    this.#clearTimers();
    // The router hears of it as late as of anything: until then its requests find nobody.
    if (instance.registration > 0) instance.process.application.unlisted.add(instance);
    this.#later(longRunning.times.routeLagMs, () => {
      this.#leaveRouter();
      this.#finish();
    });
    const ranMs = settings.clock.monotonic() - this.#bornMs;
    instance.crashes = ranMs > CRASH_RESET_MS ? 1 : instance.crashes + 1;
    onCrash(exit);
  }

  #finish(): void {
    const { instance, onEnd } = this.#options;
    this.#phase = 'over';
    if (instance.registration === 0) instance.process.application.unlisted.delete(instance);
    rmSync(this.#place, { recursive: true, force: true });
    onEnd();
  }

  #say(source: string, text: string, stream: LogLine['stream'] = 'OUT'): void {
    const { instance, settings, logs } = this.#options;
    const { guid: instanceGuid, index } = instance;
    const line = { timeMs: settings.clock.now(), source, index, instanceGuid, stream, text };
    logs.add(instance.process.application.guid, line);
  }

  #later(delayMs: Milliseconds, task: () => void): void {
    const timer = this.#options.settings.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}

/** Who has run for so long has not crashed in a row (`CrashResetTimeout` of Diego's BBS). */
const CRASH_RESET_MS: Milliseconds = 300_000;

const CANNOT_BEGIN = 1;
