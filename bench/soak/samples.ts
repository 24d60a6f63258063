import type { Milliseconds } from '../../src/base/duration.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import type { Program } from '../support/program.js';
import type { CallerReport } from './events.js';
import type { HeapProbe, HeldMemory } from './heap.js';
import { type MemoryParts, readMemoryParts } from './memory-parts.js';
import type { StarvationWatch } from './starvation.js';
import { countDescriptors } from './subject.js';

/** One look at the program. */
export interface Sample {
  /** Since the begin of the soak. */
  readonly minute: number;
  readonly pid: number;
  readonly descriptors: number;
  readonly residentBytes: number;
  /** After a full collection; undefined where none was made. */
  readonly memory: (HeldMemory & MemoryParts) | undefined;
  /** Undefined in the first look at a process, here and below. */
  readonly coresUsed: number | undefined;
  readonly lagP99Ms: Milliseconds;
  readonly lagMaxMs: Milliseconds;
  readonly connections: number;
  /** Share of the time for which a process of the soak wanted a processor and had none, at its worst. */
  readonly starvedShare: number;
  readonly scrapesPerSecond: number;
  readonly oddPerSecond: number;
  readonly scrapeP50Ms: Milliseconds;
  readonly scrapeP99Ms: Milliseconds;
}

export interface Sampler {
  /** @param heap whether garbage is collected, which nobody does otherwise */
  take(program: Program, report: CallerReport, heap: 'collect' | 'leave'): Promise<Sample>;
}

export function createSampler(probe: HeapProbe, watch: StarvationWatch): Sampler {
  const beganMs = performance.now();
  let before = { pid: 0, cpuMs: 0, atMs: beganMs };
  let reportedMs = beganMs;
  return {
    async take(program, report, heap) {
      const { pid } = program;
      const atMs = performance.now();
      const { residentBytes, cpuMs } = program.usage();
      const metrics = await readOwnMetrics(program);
      const milliseconds = (name: string): Milliseconds =>
        metrics.sum(`promregator_nodejs_eventloop_lag_${name}`) * 1000;
      const seconds = (atMs - reportedMs) / 1000;
      const sample = {
        minute: (atMs - beganMs) / 60_000,
        pid,
        descriptors: countDescriptors(program),
        residentBytes,
        coresUsed: before.pid === pid ? (cpuMs - before.cpuMs) / (atMs - before.atMs) : undefined,
        lagP99Ms: milliseconds('p99_seconds'),
        lagMaxMs: milliseconds('max_seconds'),
        connections: metrics.sum('promregator_outbound_connections'),
        starvedShare: watch.takeWorstShare(),
        scrapesPerSecond: report.scrapes / seconds,
        oddPerSecond: report.odd.length / seconds,
        scrapeP50Ms: report.p50Ms,
        scrapeP99Ms: report.p99Ms,
      };
      before = { pid, cpuMs, atMs };
      reportedMs = atMs;
      const held = heap === 'collect' ? await probe.look(pid) : undefined;
      // The next reading is not to hold the time of the collection.
      if (held !== undefined) await readOwnMetrics(program);
      return { ...sample, memory: held === undefined ? undefined : { ...held, ...readMemoryParts(pid) } };
    },
  };
}
