import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { type FileStates, stateOf } from './file-state.js';

/** Tells when files change. By looking, since notifications do not come through mounts, links and containers. */
export interface FileWatch {
  /** From now on these, compared with what they were when they were read. */
  watch(files: FileStates): void;
  stop(): void;
}

/** Kubernetes takes up to a minute to bring a changed secret, so that a few seconds more are nothing. */
const LOOK_EVERY_MS: Milliseconds = 5_000;

/** A file that somebody is writing changes again by then, and is not whole yet. */
const SETTLE_MS: Milliseconds = 1_000;

/**
 * `onChange` runs when files differ from what they were and have stopped changing, to its end before they are looked at
 * again; files that come and go are changes too.
 */
export function createFileWatch(clock: Clock, onChange: () => Promise<void>): FileWatch {
  let known: FileStates = new Map();
  let timer: Timer | undefined;
  let stopped = false;
  let generation = 0;

  function schedule(delayMs: Milliseconds, last: FileStates | undefined): void {
    timer?.cancel();
    if (!stopped && known.size > 0) timer = clock.after(delayMs, () => void look(last));
  }

  async function look(last: FileStates | undefined): Promise<void> {
    const mine = generation;
    const found = await statesOf([...known.keys()]);
    if (stopped || mine !== generation) return;
    if (same(found, known)) {
      schedule(LOOK_EVERY_MS, undefined);
    } else if (last === undefined || !same(found, last)) {
      schedule(SETTLE_MS, found);
    } else {
      known = found;
      await onChange();
      if (mine === generation) schedule(LOOK_EVERY_MS, undefined);
    }
  }

  return {
    watch(files) {
      generation += 1;
      known = files;
      schedule(LOOK_EVERY_MS, undefined);
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

async function statesOf(files: readonly string[]): Promise<FileStates> {
  return new Map(await Promise.all(files.map(async (file) => [file, await stateOf(file)] as const)));
}

function same(one: FileStates, other: FileStates): boolean {
  return one.size === other.size && [...one].every(([file, state]) => other.get(file) === state);
}
