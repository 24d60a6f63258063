import type { Milliseconds } from '../src/base/duration.js';
import { configFor } from './support/config.js';
import { untilDiscovered } from './support/discovered.js';
import { count, megabytes, milliseconds, ratio } from './support/format.js';
import { readOwnMetrics } from './support/own-metrics.js';
import { startProgram } from './support/program.js';
import { runWhenStarted } from './support/run-bench.js';
import { startScheduler } from './support/scheduler.js';
import { type SimulatorProcess, startSimulatorProcess } from './support/simulator-process.js';
import { onStage } from './support/stage.js';
import { printTable } from './support/table.js';
import { passTime } from './support/wait.js';

const HOST_NAMES = 3_000;
const INTERVAL_SECONDS = 15;
/** In the first interval every connection is new, whatever the bound. */
const WARM_UP_MS: Milliseconds = 35_000;
const MEASURED_SECONDS = 120;
const BODY_BYTES = 10_000;

/** While the simulator writes lists it serves no scrapes, which would be measured as ours. */
const HOUR = { application: 3_600, route: 3_600, process: 3_600 };

/** Values of `promregator.scraping.maxConnections`; with the last one every connection is kept. */
const BOUNDS = [0, 500, 1_000, 2_000, 4_000] as const;

/** 3,000 host names over TLS: what kept connections cost in memory and save in CPU. */
export async function run(): Promise<void> {
  const rows: string[][] = [];
  await onStage(async (stage) => {
    const simulator = stage.add(
      await startSimulatorProcess({
        organizations: 214,
        spaces: 1_500,
        applications: HOST_NAMES,
        instances: 1,
        bodyBytes: BODY_BYTES,
      }),
    );
    for (const bound of BOUNDS) rows.push([count(bound), ...(await measureBound(simulator, bound))]);
  });
  console.log(
    `\n${count(HOST_NAMES)} https host names, each scraped every ${INTERVAL_SECONDS} s, measured for ${MEASURED_SECONDS} s`,
  );
  printTable(
    [
      'maxConnections',
      'open',
      'handshakes a scrape',
      'of those resumed',
      'MB resident',
      'peak MB',
      'cores used',
      "simulator's cores",
      'p50 ms',
      'p99 ms',
      'failed scrapes',
    ],
    rows,
  );
}

async function measureBound(simulator: SimulatorProcess, maxConnections: number): Promise<string[]> {
  return await onStage(async (stage) => {
    const cf = { cache: { timeout: HOUR } };
    const config = configFor(simulator, { targets: [{}], cf, scraping: { maxConnections } });
    const program = stage.add(await startProgram({ config }));
    await untilDiscovered(program);
    const scheduler = stage.add(startScheduler([program], INTERVAL_SECONDS));
    await passTime(WARM_UP_MS);
    await scheduler.report();
    const before = { ours: program.usage(), theirs: simulator.usage(), served: await simulator.view() };
    const startedAt = performance.now();
    await passTime(MEASURED_SECONDS * 1_000);
    const elapsedMs = performance.now() - startedAt;
    const after = { ours: program.usage(), theirs: simulator.usage(), served: await simulator.view() };
    const seen = await scheduler.report();
    const handshakes = after.served.secured - before.served.secured;
    const resumed = after.served.resumed - before.served.resumed;
    return [
      count((await readOwnMetrics(program)).sum('promregator_outbound_connections')),
      ratio(handshakes / seen.scrapes),
      handshakes === 0 ? '-' : `${((100 * resumed) / handshakes).toFixed(0)} %`,
      megabytes(after.ours.residentBytes),
      megabytes(after.ours.peakBytes),
      ratio((after.ours.cpuMs - before.ours.cpuMs) / elapsedMs),
      ratio((after.theirs.cpuMs - before.theirs.cpuMs) / elapsedMs),
      milliseconds(seen.p50Ms),
      milliseconds(seen.p99Ms),
      count(seen.failed),
    ];
  });
}

await runWhenStarted(import.meta.url, run);
