import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { unseal } from '../src/foundation/inventory-envelope.js';
import { decodeInventories } from '../src/foundation/inventory-file.js';
import { configFor, type PromregatorProcess, startPromregator } from './support/promregator-process.js';
import { scrape, startReady } from './support/ready-program.js';
import { type TemporaryFolder, temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'fixtures', 'crash-preload.mjs')).href;
/** As a process that was killed while it wrote has left it. */
const LEFTOVER = '.inventory.6f9619ff-8b86-4011-b42d-00c04fc964ff.new';

let simulator: Simulator;
let folder: TemporaryFolder;
/** Paths of all targets, and a file that holds them, as a life before has left it. */
let all: readonly string[];
let inheritance: Buffer;

beforeAll(async () => {
  simulator = await startSimulator({ organizations: 2, spaces: 3, applications: 5, instances: 3 });
  folder = temporaryFolder();
  const program = await startReady({ config: config() });
  all = await paths(program);
  expect(await program.stop()).toBe(0);
  expect(all).toHaveLength(15);
  inheritance = readFileSync(join(folder.path, 'inventory'));
  folder.remove();
});

afterAll(() => simulator.stop());

beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder.path, 'inventory'), inheritance, { mode: 0o600 });
  return () => {
    folder.remove();
    simulator.faults.clear();
    Object.assign(simulator.platform, { api: 'up' });
  };
});

function config(): object {
  const { cf, promregator } = configFor(simulator, { cache: { file: join(folder.path, 'inventory') } });
  return { cf: { ...cf, request: { backoff: 100 } }, promregator, server: { drainSeconds: 0 } };
}

/** A life that dies by itself where `crash` names a moment. */
async function live(crash = 'never'): Promise<PromregatorProcess> {
  const program = await startPromregator({
    config: config(),
    env: { NODE_OPTIONS: `--import=${PRELOAD}`, CRASH: crash },
  });
  onTestFinished(async () => void (await program.stop('SIGKILL')));
  return program;
}

async function paths({ url }: PromregatorProcess): Promise<readonly string[]> {
  const answer = await fetch(`${url}/discovery`);
  expect(answer.status).toBe(200);
  const groups: readonly { readonly labels: Readonly<Record<string, string>> }[] = JSON.parse(await answer.text());
  return groups
    .map(({ labels }) => labels['__metrics_path__'] ?? '')
    .filter((path) => path.startsWith('/singleTargetMetrics/'))
    .sort();
}

async function killed({ child }: PromregatorProcess): Promise<void> {
  if (child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
}

/** Nothing has to be repaired: the file is whole, the first answer has all targets without the API, and no file stays behind. */
async function expectNothingToRepair(): Promise<void> {
  const names = readdirSync(folder.path);
  expect(names).toContain('inventory');
  expect(names.length).toBeLessThanOrEqual(2);
  const content = await unseal(readFileSync(join(folder.path, 'inventory')));
  expect((await decodeInventories(content)).inventories).toHaveLength(1);

  Object.assign(simulator.platform, { api: 'unregistered' });
  const program = await live();
  expect(await paths(program)).toEqual(all);
  const [first = ''] = all;
  expect(await scrape(program, first.replace('/singleTargetMetrics/', ''))).toMatchObject({ status: 200 });

  Object.assign(simulator.platform, { api: 'up' });
  await waitUntil(() => readdirSync(folder.path).join() === 'inventory', {
    within: 20_000,
    describe: program.output,
    every: 20,
  });
  expect(await paths(program)).toEqual(all);
}

describe('killed while the inventory is written, when', () => {
  test.each([
    'the new file is there and empty',
    'half of the new file is written',
    'the new file is written, perhaps not on disk',
    'the new file is on disk under its own name',
    'the new file has just taken the place',
    'what an earlier life has left is being removed',
  ])('%s', async (moment) => {
    if (moment.startsWith('what an earlier')) writeFileSync(join(folder.path, LEFTOVER), 'half');
    const program = await live(moment);
    await killed(program);
    await expectNothingToRepair();
  });
});

describe('killed', () => {
  test.each<[when: string, reach: (program: PromregatorProcess) => Promise<void>]>([
    ['as soon as it listens', async () => undefined],
    [
      'amid scrapes',
      async ({ url }) => {
        simulator.faults.add({ kind: 'scrape', action: { type: 'hang', when: 'mid_body' } });
        const [app] = simulator.world.applications();
        const scrapes = [0, 1, 2].map((index) => fetch(`${url}/singleTargetMetrics/${app?.guid}/${index}`));
        for (const each of scrapes) each.catch(() => undefined);
        await waitUntil(
          async () =>
            (await (await fetch(`${url}/promregatorMetrics`)).text()).includes('promregator_scrapes_in_flight 3'),
          { within: 10_000, describe: () => url, every: 20 },
        );
      },
    ],
    ['while it stops in order', async ({ child }) => void child.kill('SIGTERM')],
    ['while it reads its configuration anew', async ({ child }) => void child.kill('SIGHUP')],
  ])('%s', async (_, reach) => {
    const program = await live();
    await reach(program);
    program.child.kill('SIGKILL');
    if (program.child.exitCode === null && program.child.signalCode === null) await once(program.child, 'exit');
    simulator.faults.clear();
    await expectNothingToRepair();
  });

  test('again and again, before any list could be read', async () => {
    for (let life = 0; life < 4; life += 1) {
      const program = await live(life % 2 === 0 ? 'half of the new file is written' : 'never');
      if (life % 2 === 1) program.child.kill('SIGKILL');
      await killed(program);
    }
    expect(readdirSync(folder.path).length).toBeLessThanOrEqual(2);
    await expectNothingToRepair();
  });
});
