import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Timer } from '../../src/base/clock.js';
import type { Settings } from '../options.js';
import { SimulatorError } from '../simulator-error.js';
import { crashEvents } from '../world/events.js';
import { successorOf } from '../world/instances.js';
import type { Instance } from '../world/records.js';
import type { InstanceRunner, WorldState } from '../world/state.js';
import type { ApplicationLogs } from './application-log.js';
import type { Exit } from './container.js';
import { type Life, startLife } from './instance-life.js';
import { restartDelay } from './restart-delay.js';
import { startWatchman, type Watchman } from './watchman.js';

/** Where the processes of all applications run: keeps as many alive as are wanted. */
export interface Cell extends InstanceRunner {
  lifeOf(instance: Instance): Life | undefined;
  /** Another container in its place, while it stops: `cf restart-app-instance`. */
  replace(instance: Instance): void;
  /** Starts the replacement first; stops the old instance once the new one is routable, or the time for it is up. */
  evacuate(instance: Instance): void;
  /** Ends all processes at once. */
  destroy(): Promise<void>;
}

export interface CellParts {
  readonly state: WorldState;
  readonly settings: Settings;
  readonly logs: ApplicationLogs;
}

export function createCell({ state, settings, logs }: CellParts): Cell {
  const { clock } = settings;
  const lives = new Map<Instance, Life>();
  /** Crashed ones that wait for their next container. */
  const waiting = new Map<Instance, Timer>();
  /** Instances that are to take the place of an evacuated one. */
  const replacements = new Set<Instance>();
  let ground: Ground | undefined;
  let destroyed = false;

  function start(instance: Instance): void {
    const { longRunning } = instance.process.application;
    if (longRunning === undefined || destroyed) return;
    ground ??= prepareGround();
    const life = startLife({
      ...ground,
      instance,
      longRunning,
      state,
      settings,
      logs,
      onRoutable: () => takePlace(instance),
      onCrash: (exit) => restart(instance, exit),
      onEnd: () => void lives.delete(instance),
    });
    lives.set(instance, life);
  }

  function stop(instance: Instance): void {
    waiting.get(instance)?.cancel();
    waiting.delete(instance);
    lives.get(instance)?.stop();
    for (const replacement of replacements) {
      if (sameIndex(replacement, instance)) abandon(replacement);
    }
  }

  function abandon(replacement: Instance): void {
    replacements.delete(replacement);
    replacement.process.application.unlisted.delete(replacement);
    stop(replacement);
  }

  function evacuate(instance: Instance): void {
    const { application } = instance.process;
    const { longRunning } = application;
    if (longRunning === undefined || lives.get(instance) === undefined) return;
    const replacement = successorOf(state, instance);
    replacements.add(replacement);
    application.unlisted.add(replacement);
    start(replacement);
    clock.after(longRunning.times.evacuationTimeoutMs, () => takePlace(replacement));
  }

  function replace(instance: Instance): void {
    const { process, index } = instance;
    const successor = successorOf(state, instance);
    process.instances[index] = successor;
    stop(instance);
    start(successor);
  }

  /** The old instance, or whatever has become of it meanwhile, leaves. */
  function takePlace(replacement: Instance): void {
    if (!replacements.delete(replacement)) return;
    const { process, index } = replacement;
    const old = process.instances[index];
    process.application.unlisted.delete(replacement);
    process.instances[index] = replacement;
    if (old !== undefined) stop(old);
  }

  function restart(instance: Instance, { status }: Exit): void {
    const { process } = instance;
    const { longRunning } = process.application;
    if (longRunning === undefined || destroyed) return;
    const exitDescription = `APP/PROC/${process.type.toUpperCase()}: Exited with status ${status}`;
    crashEvents(state, instance, { exitStatus: status, exitDescription });
    const delayMs = restartDelay(instance.crashes, longRunning.times.restartBackoffMs);
    instance.state = 'CRASHED';
    instance.sinceMs = clock.now();
    if (delayMs === undefined) return;
    if (delayMs === 0) succeed(instance);
    else
      waiting.set(
        instance,
        clock.after(delayMs, () => succeed(instance)),
      );
  }

  function succeed(instance: Instance): void {
    const { process, index } = instance;
    waiting.delete(instance);
    const successor = successorOf(state, instance);
    if (replacements.delete(instance)) {
      replacements.add(successor);
      process.application.unlisted.add(successor);
    } else if (process.instances[index] === instance) {
      process.instances[index] = successor;
    } else {
      return;
    }
    start(successor);
  }

  return {
    start,
    stop,
    replace,
    evacuate,
    lifeOf: (instance) => lives.get(instance),
    async destroy() {
      destroyed = true;
      for (const timer of waiting.values()) timer.cancel();
      await Promise.all([...lives.values()].map((life) => life.destroy()));
      await ground?.watchman.stop();
    },
  };
}

interface Ground {
  readonly folder: string;
  readonly watchman: Watchman;
}

/** Made for the first instance, since most worlds have no real process. */
function prepareGround(): Ground {
  if (process.platform === 'win32') {
    throw new SimulatorError('refused', 'Real processes need process groups and /bin/sh: use Linux or macOS');
  }
  const folder = mkdtempSync(join(tmpdir(), 'promregator-cell-'));
  return { folder, watchman: startWatchman(folder) };
}

function sameIndex(a: Instance, b: Instance): boolean {
  return a.process === b.process && a.index === b.index;
}
