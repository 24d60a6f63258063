import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Milliseconds } from '../../src/base/duration.js';
import { readFamilyCpu } from './usage.js';

const GIBIBYTE = 1024 ** 3;
const MS_PER_TICK = 10;

/** One line on where figures come from. */
export function describeMachine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? 'unknown CPU';
  const memory = Math.round(totalmem() / GIBIBYTE);
  const day = new Date().toISOString().slice(0, 10);
  return `${cores.length} cores of ${model}, ${memory} GiB, Node ${process.versions.node}, ${process.platform}, ${day}`;
}

/** Measures what others do on this machine while a bench runs: timings are worth as much as that is little. */
export interface LoadWatch {
  /** A sentence; to be asked when the bench's own children have ended, since only then is their time known. */
  describe(): string;
}

export function watchLoad(): LoadWatch {
  const before = readMachine();
  const ownBefore = readFamilyCpu();
  const startedAt = performance.now();
  return {
    describe() {
      const elapsedMs = performance.now() - startedAt;
      const now = readMachine();
      const othersMs = Math.max(0, now.busyMs - before.busyMs - (readFamilyCpu() - ownBefore));
      const others = (othersMs / elapsedMs).toFixed(2);
      const stolen = ((now.stolenMs - before.stolenMs) / elapsedMs).toFixed(2);
      return `took ${Math.round(elapsedMs / 1000)} s; meanwhile others used ${others} of ${cpus().length} cores, the host withheld ${stolen}`;
    },
  };
}

interface MachineTime {
  readonly busyMs: Milliseconds;
  /** What the host of a virtual machine gave to others. */
  readonly stolenMs: Milliseconds;
}

/** Sums over all cores, from the first line of `/proc/stat`: user nice system idle iowait irq softirq steal. */
function readMachine(): MachineTime {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) * MS_PER_TICK);
  return { busyMs: user + nice + system + irq + softirq, stolenMs: steal };
}
