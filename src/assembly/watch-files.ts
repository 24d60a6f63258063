import { stat } from 'node:fs/promises';
import type { Clock, Timer } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';

/** Tells when files change. By looking, since notifications do not come through mounts, links and containers. */
export interface FileWatch {
  /** From now on these; what they are at this moment is the state to compare with. */
  watch(files: readonly string[]): Promise<void>;
  stop(): void;
}

/** Kubernetes takes up to a minute to bring a changed secret, so that a few seconds more are nothing. */
const LOOK_EVERY_MS: Milliseconds = 5_000;

/** `onChange` runs to its end before files are looked at again; files that come and go are changes too. */
export function createFileWatch(clock: Clock, onChange: () => Promise<void>): FileWatch {
  let files: readonly string[] = [];
  let states = '';
  let timer: Timer | undefined;
  let stopped = false;
  let generation = 0;

  function schedule(): void {
    timer?.cancel();
    if (!stopped && files.length > 0) timer = clock.after(LOOK_EVERY_MS, () => void look());
  }

  async function look(): Promise<void> {
    const before = generation;
    const found = await statesOf(files);
    if (stopped || before !== generation) return;
    if (found !== states) {
      states = found;
      await onChange();
    }
    schedule();
  }

  return {
    async watch(next) {
      generation += 1;
      const mine = generation;
      files = next;
      const found = await statesOf(next);
      if (mine !== generation) return;
      states = found;
      schedule();
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

async function statesOf(files: readonly string[]): Promise<string> {
  return (await Promise.all(files.map(stateOf))).join('\n');
}

/** Links are followed: Kubernetes changes where they lead. */
async function stateOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    // Not there, or not ours to see: whoever reads it says why.
    return 'none';
  }
}
