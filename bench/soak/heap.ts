import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Milliseconds } from '../../src/base/duration.js';
import { waitFor } from '../support/wait.js';

const held = z.object({
  /** Objects of JavaScript. */
  heapBytes: z.number(),
  /** What V8 has taken for them from the system, and what of that is in memory. */
  heapTotalBytes: z.number(),
  heapResidentBytes: z.number(),
  /** Native memory that objects hold, array buffers among it. */
  externalBytes: z.number(),
  arrayBufferBytes: z.number(),
});

/** What a process holds after a full collection, by its own word. */
export type HeldMemory = z.output<typeof held>;

export interface HeapProbe {
  /** For the program that is looked into. */
  readonly env: Readonly<Record<string, string>>;
  /** Collects garbage and tells what is left; undefined when the process ends meanwhile. */
  look(pid: number): Promise<HeldMemory | undefined>;
}

const WITHIN_MS: Milliseconds = 60_000;

export function createHeapProbe(folder: string): HeapProbe {
  const file = join(folder, 'heap.json');
  const preload = new URL('./heap-preload.js', import.meta.url);
  return {
    env: { NODE_OPTIONS: `--import=${preload.href}`, SOAK_HEAP_FILE: file },
    async look(pid) {
      rmSync(file, { force: true });
      try {
        process.kill(pid, 'SIGUSR2');
        await waitFor(() => (existsSync(file) ? true : undefined), {
          withinMs: WITHIN_MS,
          everyMs: 5,
          what: () => 'the heap is told',
        });
        return held.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch (error) {
        if (existsSync(`/proc/${pid}`)) throw error;
        return undefined;
      }
    },
  };
}
