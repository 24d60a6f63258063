import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeMachine } from './support/machine.js';
import { onStage } from './support/stage.js';

/** Each in a process of its own, so that none measures what another left behind. */
const BENCHES = ['discovery', 'scrape', 'prometheus', 'scale', 'tls'] as const;

/** `npm run bench`: all of them, one after the other; ends with 1 when one of them failed. */
async function runAll(): Promise<void> {
  console.log(describeMachine());
  for (const name of BENCHES) {
    console.log(`\n## node dist/bench/${name}.js`);
    const code = await runInProcess(name);
    if (code === 0) continue;
    console.log(`${name} failed with ${code}`);
    process.exitCode = 1;
  }
}

async function runInProcess(name: string): Promise<number | null> {
  return await onStage(async (stage) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(`./${name}.js`, import.meta.url))], {
      stdio: 'inherit',
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    stage.add({ stop: async () => void (await ended), kill: () => void child.kill('SIGTERM') });
    return await ended;
  });
}

await runAll();
