import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Random } from '../../simulator/random.js';
import type { Milliseconds } from '../../src/base/duration.js';
import { describeError, errorCode } from '../../src/base/errors.js';
import { unseal } from '../../src/foundation/inventory-envelope.js';
import { decodeInventories } from '../../src/foundation/inventory-file.js';
import { passTime } from '../support/wait.js';
import type { Rebirth, Subject } from './subject.js';

/** What a kill left, and how the next life began. */
export interface KillReport extends Rebirth {
  readonly atMs: Milliseconds;
  readonly moment: 'any' | 'while the file was written';
  /** Files beside the inventory when the process was dead. */
  readonly leftovers: number;
  /** Why the inventory is not whole; undefined when it is. */
  readonly damage: string | undefined;
}

export interface KillerOptions {
  readonly subject: Subject;
  readonly inventoryFile: string;
  readonly random: Random;
}

const SHORTEST_LIFE_MS: Milliseconds = 8_000;
const LONGEST_LIFE_MS: Milliseconds = 25_000;
/** A file that does not change is not written. */
const WRITTEN_WITHIN_MS: Milliseconds = 20_000;

export interface Killer {
  readonly reports: readonly KillReport[];
  /** Resolves when the last life has begun. */
  stop(): Promise<void>;
}

/** Kills at random moments, every second time while the inventory file is being written. */
export function startKiller({ subject, inventoryFile, random }: KillerOptions): Killer {
  const folder = dirname(inventoryFile);
  const reports: KillReport[] = [];
  let isOver = false;

  async function run(): Promise<void> {
    for (let turn = 0; !isOver; turn += 1) {
      const endMs = performance.now() + SHORTEST_LIFE_MS + random.below(LONGEST_LIFE_MS - SHORTEST_LIFE_MS);
      while (performance.now() < endMs && !isOver) await passTime(20);
      const isHit = turn % 2 === 0 && !isOver && (await beingWritten(folder));
      if (isOver) return;
      const atMs = Date.now();
      const rebirth = await subject.killAndRestart(async () => {
        const names = await readdir(folder);
        return { leftovers: names.length - 1, damage: await damageOf(inventoryFile) };
      });
      reports.push({ atMs, moment: isHit ? 'while the file was written' : 'any', ...rebirth });
    }
  }

  const running = run();
  return {
    reports,
    async stop() {
      isOver = true;
      await running;
    },
  };
}

/** Resolves at once when a new file appears beside the inventory; false where none does. */
async function beingWritten(folder: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const end = (isHit: boolean): void => {
      watcher.close();
      clearTimeout(timer);
      resolve(isHit);
    };
    const watcher = watch(folder, (_, name) => {
      if (name?.endsWith('.new') === true) end(true);
    });
    const timer = setTimeout(() => end(false), WRITTEN_WITHIN_MS);
  });
}

async function damageOf(file: string): Promise<string | undefined> {
  try {
    await decodeInventories(await unseal(await readFile(file)));
    return undefined;
  } catch (error) {
    // Killed before the first one was written.
    return errorCode(error) === 'ENOENT' ? undefined : describeError(error);
  }
}
