import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeMachine, watchLoad } from './machine.js';

/**
 * Runs a bench when its file is the one that Node was started with (`node dist/bench/discovery.js`), between a line on
 * the machine and one on what else it did meanwhile.
 */
export async function runWhenStarted(moduleUrl: string, run: () => Promise<void>): Promise<void> {
  const [, started] = process.argv;
  if (started === undefined || realpathSync(started) !== fileURLToPath(moduleUrl)) return;
  console.log(describeMachine());
  const load = watchLoad();
  await run();
  console.log(load.describe());
}
