import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import type { DatedInventory } from '../src/foundation/dated-inventory.js';
import { seal, unseal } from '../src/foundation/inventory-envelope.js';
import { decodeInventories, encodeInventories, type InventoryFile } from '../src/foundation/inventory-file.js';
import { perKind } from '../src/foundation/resources.js';
import { configFor, type PromregatorProcess, startPromregator } from './support/promregator-process.js';
import { reloadWith, scrape, startReady } from './support/ready-program.js';
import { type TemporaryFolder, temporaryFolder } from './support/temporary-folder.js';
import { waitUntil } from './support/wait-until.js';

let simulator: Simulator;
let folder: TemporaryFolder;
let file: string;

beforeAll(async () => {
  simulator = await startSimulator({
    organizations: 2,
    spaces: 2,
    applications: 4,
    instances: 2,
    password: 'hidden-4711',
  });
});

afterAll(() => simulator?.stop());

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'inventory');
  return () => {
    folder.remove();
    Object.assign(simulator.platform, { api: 'up' });
  };
});

function configOf(promregator: object = {}, cf: object = {}): object {
  const usual = configFor(simulator, { cache: { file }, ...promregator });
  return { ...usual, cf: { ...usual.cf, request: { backoff: 100 }, ...cf } };
}

/** Listening, but perhaps without targets. */
async function start(config: object, args: readonly string[] = []): Promise<PromregatorProcess> {
  const program = await startPromregator({ config, args });
  onTestFinished(async () => void (await program.stop('SIGKILL')));
  return program;
}

/** Starts, reads everything, writes the file, ends. */
async function leaveFile(config: object = configOf()): Promise<readonly string[]> {
  const program = await startReady({ config });
  const listed = await paths(program);
  expect(await program.stop()).toBe(0);
  expect(listed.length).toBeGreaterThan(0);
  return listed;
}

function goAway(): void {
  Object.assign(simulator.platform, { api: 'unregistered' });
}

async function status(program: PromregatorProcess, path: string): Promise<number> {
  const answer = await fetch(program.url + path);
  await answer.arrayBuffer();
  return answer.status;
}

async function paths(program: PromregatorProcess): Promise<readonly string[]> {
  const answer = await fetch(`${program.url}/discovery`);
  const groups: readonly { readonly labels: Readonly<Record<string, string>> }[] = JSON.parse(await answer.text());
  return groups
    .map(({ labels }) => labels['__metrics_path__'] ?? '')
    .filter((path) => path.startsWith('/singleTargetMetrics/'))
    .sort();
}

async function metric(program: PromregatorProcess, series: string): Promise<number | undefined> {
  const text = await (await fetch(`${program.url}/promregatorMetrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

const FROM_FILE = 'promregator_inventory_from_file{foundation="default"}';
const AGE = 'promregator_inventory_age_seconds{foundation="default",kind="apps"}';

async function stored(): Promise<InventoryFile> {
  return decodeInventories(await unseal(readFileSync(file)));
}

async function restore(change: (dated: DatedInventory) => DatedInventory): Promise<void> {
  const before = await stored();
  writeFileSync(file, await seal(encodeInventories({ ...before, inventories: before.inventories.map(change) })));
}

const withAge = (ageMs: number) => (dated: DatedInventory) => ({
  ...dated,
  readAtMs: perKind(() => Date.now() - ageMs),
});

const said = (program: PromregatorProcess, text: RegExp): readonly string[] =>
  program.log().flatMap(({ message }) => (text.test(message) ? [message] : []));

const USED = /targets are those of the inventory on disk/;
const NOT_USED = /the inventory on disk is not used/;

describe('a restart while Cloud Foundry answers', () => {
  test.each(['spaces', 'apps', 'processes', 'routes'] as const)(
    'a first list of %s that is cut short is held against the file, and no target is lost',
    async (kind) => {
      const before = await leaveFile();
      const fault = simulator.faults.add({ kind, times: 1, action: { type: 'cut_list', keep: 0 } });
      onTestFinished(() => fault.remove());
      const program = await start(configOf());
      await waitUntil(async () => (await metric(program, FROM_FILE)) === 0, {
        within: 20_000,
        describe: () => program.log(),
        every: 20,
      });
      expect(await paths(program)).toEqual(before);
      const refuted = `promregator_inventory_shrinks_total{foundation="default",kind="${kind}",result="refuted"}`;
      expect(await metric(program, refuted)).toBe(1);
      expect(said(program, /a list had shrunk a lot, but a second reading says otherwise/)).toHaveLength(1);
    },
  );
});

describe('a restart while Cloud Foundry is away', () => {
  test('serves all targets from its first answer on, and says that they are old', async () => {
    const before = await leaveFile();
    await restore(withAge(7_200_000));
    goAway();
    const program = await start(configOf());
    expect(await status(program, '/-/ready')).toBe(200);
    expect(await status(program, '/discovery')).toBe(200);
    expect(await paths(program)).toEqual(before);
    for (const path of before)
      expect(await scrape(program, path.replace('/singleTargetMetrics/', ''))).toMatchObject({ status: 200 });
    expect(await metric(program, FROM_FILE)).toBe(1);
    expect(await metric(program, AGE)).toBeGreaterThanOrEqual(7_200);
    expect(await metric(program, AGE)).toBeLessThan(7_300);
    expect(await metric(program, 'promregator_foundation_ready{foundation="default"}')).toBe(1);
    expect(said(program, USED)).toHaveLength(1);
    expect(program.log().find(({ message }) => USED.test(message))).toMatchObject({
      level: 'info',
      foundation: 'default',
      file,
      age: '2 h',
    });
    expect(said(program, NOT_USED)).toEqual([]);
  });

  test('the first complete listing takes its place', async () => {
    const before = await leaveFile();
    goAway();
    const program = await start(configOf());
    expect(await paths(program)).toEqual(before);
    const { guid } = simulator.world.deployApplication({
      name: 'came-later',
      space: simulator.world.spaces()[0]?.guid ?? '',
      instances: 1,
    });
    onTestFinished(() => void simulator.world.delete(guid));
    Object.assign(simulator.platform, { api: 'up' });
    await waitUntil(async () => (await metric(program, FROM_FILE)) === 0, {
      within: 15_000,
      describe: program.output,
      every: 20,
    });
    expect(await paths(program)).toEqual([...before, `/singleTargetMetrics/${guid}/0`].sort());
    expect(await metric(program, AGE)).toBeLessThan(60);
    expect(await status(program, '/discovery')).toBe(200);
  });

  test('and another one: ages go on', async () => {
    const before = await leaveFile();
    await restore(withAge(7_200_000));
    goAway();
    const first = await start(configOf());
    expect(await first.stop()).toBe(0);
    const second = await start(configOf());
    expect(await paths(second)).toEqual(before);
    expect(await metric(second, AGE)).toBeGreaterThanOrEqual(7_200);
  });

  test('a reload meanwhile keeps them, and what they are called', async () => {
    const before = await leaveFile();
    goAway();
    const program = await start(configOf(), ['--web.enable-lifecycle=true']);
    await reloadWith(program, configOf({}, { request: { backoff: 200 } }));
    expect(await paths(program)).toEqual(before);
    expect(await metric(program, FROM_FILE)).toBe(1);
  });
});

describe('what is used', () => {
  test('narrower rules take less of it', async () => {
    const before = await leaveFile();
    const [organization] = simulator.world.organizations();
    goAway();
    const program = await start(configOf({ targets: [{ orgName: organization?.name }] }));
    const now = await paths(program);
    expect(now.length).toBeGreaterThan(0);
    expect(now.length).toBeLessThan(before.length);
  });

  test('under another name of the foundation', async () => {
    const before = await leaveFile();
    goAway();
    const { cf, promregator } = configOf() as { readonly cf: object; readonly promregator: object };
    const program = await start({ foundations: [{ name: 'renamed', ...cf }], promregator });
    expect(await paths(program)).toEqual(before);
    expect(await metric(program, 'promregator_inventory_from_file{foundation="renamed"}')).toBe(1);
  });
});

describe('what is not used', () => {
  interface Row {
    readonly why: string;
    readonly before?: () => object;
    readonly meanwhile?: () => void | Promise<void>;
    readonly now?: () => object;
    readonly reason: RegExp;
  }

  const ROWS: readonly Row[] = [
    {
      why: 'another user',
      now: () => configOf({}, { username: 'another' }),
      reason: /it is what user .* saw, and now user another asks/,
    },
    {
      why: 'a client in place of a user',
      now: () => configOf({}, { username: undefined, password: undefined, client_id: 'c', client_secret: 'hidden-c' }),
      reason: /now client c asks/,
    },
    {
      why: 'another API',
      now: () => configOf({}, { api_host: 'api.nowhere.example' }),
      reason: /it holds nothing of https:\/\/api\.nowhere\.example/,
    },
    {
      why: 'wider rules',
      before: () => configOf({ targets: [{ orgName: simulator.world.organizations()[0]?.name }] }),
      reason: /the rules want spaces whose lists it does not hold/,
    },
    { why: 'too old', meanwhile: () => restore(withAge(25 * 3_600_000)), reason: /it is 25 h old, more than/ },
    {
      why: 'too old for the option',
      meanwhile: () => restore(withAge(700_000)),
      now: () => configOf({ cache: { file, maxAge: 600 } }),
      reason: /it is 11 min old, more than promregator\.cache\.maxAge, 10 min/,
    },
    { why: 'truncated', meanwhile: () => truncateSync(file, statSync(file).size - 7), reason: /damaged/ },
    { why: 'empty', meanwhile: () => truncateSync(file, 0), reason: /it is empty/ },
    { why: 'something else', meanwhile: () => writeFileSync(file, 'hello\n'), reason: /no inventory of Promregator/ },
    {
      why: 'of another format',
      meanwhile: () => writeFileSync(file, readFileSync(file, 'latin1').replace('tory 1 ', 'tory 2 '), 'latin1'),
      reason: /it has format 2, and this version reads format 1/,
    },
    { why: 'everybody may write it', meanwhile: () => chmodSync(file, 0o666), reason: /everybody may write it/ },
  ];

  test.each(ROWS)('$why: said once, and nothing is handed out', async ({ before, meanwhile, now, reason }) => {
    await leaveFile(before?.());
    await meanwhile?.();
    goAway();
    const program = await start(now?.() ?? configOf());
    expect(await status(program, '/-/ready')).toBe(503);
    expect(await status(program, '/discovery')).toBe(503);
    expect(await metric(program, FROM_FILE)).toBe(0);
    expect(await metric(program, AGE)).toBeUndefined();
    const lines = program.log().filter(({ message }) => NOT_USED.test(message));
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', file })]);
    expect(JSON.stringify(lines)).toMatch(reason);
    expect(said(program, USED)).toEqual([]);
    expect(program.output()).not.toMatch(/hidden-/);
  });
});

describe('the file', () => {
  test('is private, and holds no secret', async () => {
    await leaveFile();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder.path)).toEqual(['inventory']);
    const content = (await unseal(readFileSync(file))).toString();
    expect(content).toContain(simulator.username);
    for (const text of [content, readFileSync(file, 'latin1')])
      expect(text).not.toMatch(/hidden-|bearer|eyJ|token|password":"|secret/i);
    const [only, ...others] = (await stored()).inventories;
    expect(others).toEqual([]);
    expect(only).toMatchObject({ reader: { grant: 'password', name: simulator.username } });
  });

  test('that cannot be written is said once and hurts nobody', async () => {
    const program = await startReady({
      config: configOf({ cache: { file: join(folder.path, 'nowhere', 'inventory') } }),
    });
    onTestFinished(async () => void (await program.stop()));
    const failures = 'promregator_inventory_file_writes_total{result="failure"}';
    await waitUntil(async () => (await metric(program, failures)) !== undefined, {
      within: 15_000,
      describe: program.output,
      every: 50,
    });
    const [path = ''] = await paths(program);
    expect(await status(program, path)).toBe(200);
    expect(await program.stop()).toBe(0);
    expect(said(program, /the inventory cannot be written to its file/)).toHaveLength(1);
    expect(program.output()).toMatch(/whose folder is not there.*make .*nowhere/);
    expect(program.output()).toMatch(/"remedy":"make the folder .*nowhere, writable by user \d+"/);
  });

  test('comes and moves with the configuration', async () => {
    const program = await startReady({
      config: configOf({ cache: {} }),
      args: ['--web.enable-lifecycle=true'],
    });
    onTestFinished(async () => void (await program.stop()));
    for (const name of ['first', 'second']) {
      file = join(folder.path, name);
      await reloadWith(program, configOf());
      await waitUntil(() => existsSync(file), { within: 15_000, describe: program.output, every: 20 });
    }
  });

  test('is whole whenever the program is killed', async () => {
    const config = configOf();
    for (let run = 0; run < 14; run += 1) {
      // In turn while the new file is being written, and anywhere around that.
      const moment = run % 2 === 0 ? written(folder.path) : undefined;
      const program = await startPromregator({ config });
      await (moment ?? new Promise((resolve) => setTimeout(resolve, Math.random() * 2_000)));
      await program.stop('SIGKILL');
      const names = readdirSync(folder.path);
      expect(names.filter((name) => name.endsWith('.new')).length).toBeLessThanOrEqual(1);
      if (names.includes('inventory')) expect((await stored()).inventories).toHaveLength(1);
    }
    const before = await leaveFile();
    expect(readdirSync(folder.path)).toEqual(['inventory']);
    goAway();
    expect(await paths(await start(config))).toEqual(before);
  }, 120_000);
});

/** Resolves when a new file begins to be written in this folder; or soon, where that was too quick to be seen. */
async function written(path: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      watcher.close();
      clearTimeout(timer);
      resolve();
    };
    const watcher = watch(path, (_, name) => {
      if (name?.endsWith('.new') === true && existsSync(join(path, name))) end();
    });
    const timer = setTimeout(end, 4_000);
  });
}

test('of two foundations the one that is away is there from the file, and stays in it', async () => {
  const other = await startSimulator({
    seed: 2,
    organizations: 1,
    spaces: 1,
    applications: 1,
    instances: 1,
    systemDomain: 'sys.other.example',
    appsDomain: 'apps.other.example',
  });
  onTestFinished(() => other.stop());
  const both = [simulator, other];
  const config = {
    foundations: both.map((each, index) => ({ name: `f${index}`, ...configFor(each).cf, request: { backoff: 100 } })),
    promregator: {
      cache: { file },
      connectTo: both.flatMap(({ connectTo }) => connectTo),
      targets: [{ orgRegex: '.*' }],
    },
  };
  const before = await leaveFile(config);
  await restore((dated) => (dated.inventory.foundation === 'f0' ? withAge(7_200_000)(dated) : dated));
  goAway();
  const program = await start(config);
  expect(await status(program, '/-/ready')).toBe(200);
  expect(await paths(program)).toEqual(before);
  await waitUntil(async () => (await metric(program, 'promregator_inventory_from_file{foundation="f1"}')) === 0, {
    within: 15_000,
    describe: program.output,
    every: 50,
  });
  expect(await metric(program, 'promregator_inventory_from_file{foundation="f0"}')).toBe(1);
  expect(await program.stop()).toBe(0);
  const ages = new Map(
    (await stored()).inventories.map(({ inventory, readAtMs }) => [inventory.foundation, Date.now() - readAtMs.apps]),
  );
  expect([...ages.keys()]).toEqual(['f0', 'f1']);
  expect(ages.get('f0')).toBeGreaterThanOrEqual(7_200_000);
  expect(ages.get('f1')).toBeLessThan(60_000);
});
