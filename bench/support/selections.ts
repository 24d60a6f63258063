import type { Milliseconds } from '../../src/base/duration.js';
import type { Program } from './program.js';
import type { SimulatorProcess } from './simulator-process.js';
import { waitFor } from './wait.js';

/** What the program has to be started with: it tells the time of later selections at DEBUG only. */
export const TELLS_SELECTIONS = ['--logging.level.root=DEBUG'];

export interface Selections {
  /** In a fresh process, before the machine code is optimized. */
  readonly firstMs: Milliseconds;
  /** One for each change. */
  readonly laterMs: readonly Milliseconds[];
}

/** Scales one application up and down again, has the processes read anew each time, and collects what selecting took. */
export async function measureSelections(
  program: Program,
  simulator: SimulatorProcess,
  changes: number,
): Promise<Selections> {
  const app = (await simulator.world()).firstApplications[0];
  if (app === undefined) throw new Error('the world has no application');
  const before = app.processes.find(({ type }) => type === 'web')?.desired ?? 0;
  const known = selectionsOf(program).length;
  for (let change = 1; change <= changes; change += 1) {
    await simulator.change('scale', { app: app.guid, instances: before + (change % 2) });
    const answer = await fetch(`${program.url}/cache/invalidate?process=true`, { method: 'POST' });
    if (answer.status !== 204) throw new Error(`/cache/invalidate answered ${answer.status}: ${await answer.text()}`);
    await waitFor(() => (selectionsOf(program).length >= known + change ? true : undefined), {
      withinMs: 10_000,
      everyMs: 20,
      what: () => 'a new directory after an application was scaled',
    });
  }
  const [firstMs = Number.NaN, ...laterMs] = selectionsOf(program);
  return { firstMs, laterMs };
}

function selectionsOf(program: Program): number[] {
  return program
    .log()
    .map((line) => line['selectedInMs'])
    .filter((each) => typeof each === 'number');
}
