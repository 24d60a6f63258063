import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inventoryOf } from '../../test/support/discovery/selection.js';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { manualClock } from '../../test/support/manual-clock.js';
import { type TemporaryFolder, temporaryFolder } from '../../test/support/temporary-folder.js';
import { waitUntil } from '../../test/support/wait-until.js';
import type { DatedInventory } from '../foundation/dated-inventory.js';
import { perKind } from '../foundation/resources.js';
import { createInventoryStore } from './inventory-store.js';

const HOUR = 3_600_000;

let folder: TemporaryFolder;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'inventory');
});

afterEach(() => folder.remove());

function start(maxAgeMs = 24 * HOUR) {
  const clock = manualClock();
  const logged = recordedLog();
  let known: readonly DatedInventory[] = [];
  const ended = { success: 0, failure: 0 };
  const store = createInventoryStore({
    known: () => known,
    clock,
    log: logged.log,
    observe: {
      written(result) {
        ended[result] += 1;
      },
    },
  });
  store.configure({ file, maxAgeMs });
  return {
    store,
    clock,
    logged,
    ended,
    learn(...guids: readonly string[]): void {
      this.look(...guids);
      store.changed();
    },
    /** Read again, and the same. */
    look(...guids: readonly string[]): void {
      const now = clock.now();
      known = [
        {
          inventory: inventoryOf(guids.map((guid) => ({ guid }))),
          apiOrigin: 'https://api.example.org',
          reader: { grant: 'password', name: 'collector' },
          readAtMs: perKind(() => now),
        },
      ];
    },
    async attempts(count: number): Promise<void> {
      await waitUntil(() => ended.success + ended.failure >= count, {
        within: 5_000,
        describe: () => [ended, clock.pending(), logged.lines],
        every: 1,
      });
      // What follows an attempt has been done too.
      await new Promise(setImmediate);
    },
  };
}

/** What another process would find. */
async function found(): Promise<readonly (readonly string[])[]> {
  const { store } = start();
  return (await store.read()).map(({ inventory }) => [...inventory.apps.keys()]);
}

describe('writing', () => {
  test('soon after a change, once for many, and then not for five seconds', async () => {
    const { clock, ended, attempts, ...parts } = start();
    parts.learn('a');
    parts.learn('a', 'b');
    clock.advance(499);
    expect(existsSync(file)).toBe(false);
    clock.advance(1);
    await attempts(1);
    expect(await found()).toEqual([['a', 'b']]);
    parts.learn('c');
    clock.advance(4_999);
    await new Promise(setImmediate);
    expect(ended.success).toBe(1);
    clock.advance(1);
    await attempts(2);
    expect(await found()).toEqual([['c']]);
  });

  test('changes that never stop do not put it off', async () => {
    const { clock, attempts, ...parts } = start();
    for (let n = 0; n < 5; n += 1) {
      parts.learn(`a${n}`);
      clock.advance(100);
    }
    await attempts(1);
    expect(await found()).toEqual([['a4']]);
  });

  test.each([
    [24 * HOUR, 300_000],
    [60_000, 15_000],
  ])(
    'with a maximum age of %d ms times are brought up after %d ms, if there are newer ones',
    async (maxAgeMs, gapMs) => {
      const { clock, ended, attempts, ...parts } = start(maxAgeMs);
      parts.learn('a');
      clock.advance(500);
      await attempts(1);
      clock.advance(gapMs);
      await new Promise(setImmediate);
      expect(ended.success).toBe(1);
      parts.look('a');
      clock.advance(gapMs);
      await attempts(2);
      const [only] = await parts.store.read();
      expect(only?.readAtMs.apps).toBe(clock.now() - gapMs);
    },
  );

  test('nothing without an inventory, and nothing without a file', async () => {
    const { clock, store, ended, ...parts } = start();
    clock.advance(HOUR);
    store.configure(undefined);
    parts.learn('a');
    clock.advance(HOUR);
    await store.stop();
    expect(ended).toEqual({ success: 0, failure: 0 });
    expect(existsSync(file)).toBe(false);
  });

  test('at the end what is new, and nothing after that', async () => {
    const { clock, store, ended, ...parts } = start();
    parts.learn('a');
    await store.stop();
    expect(await found()).toEqual([['a']]);
    parts.learn('b');
    clock.advance(HOUR);
    await new Promise(setImmediate);
    expect(ended.success).toBe(1);
  });

  test('another file after a reload', async () => {
    const { clock, store, attempts, ...parts } = start();
    parts.learn('a');
    clock.advance(500);
    await attempts(1);
    file = join(folder.path, 'another');
    store.configure({ file, maxAgeMs: HOUR });
    clock.advance(500);
    await attempts(2);
    expect(await found()).toEqual([['a']]);
  });
});

describe('a file that cannot be written', () => {
  test('is told once, tried again, and told when it can', async () => {
    file = join(folder.path, 'later', 'inventory');
    const { clock, ended, attempts, logged, ...parts } = start();
    parts.learn('a');
    clock.advance(500);
    await attempts(1);
    for (const n of [2, 3]) {
      clock.advance(60_000);
      await attempts(n);
    }
    expect(ended).toEqual({ success: 0, failure: 3 });
    expect(logged.lines).toEqual([
      expect.stringMatching(
        /WARN .*cannot be written to its file.*later.*ENOENT.*make the folder .*later, writable by/,
      ),
    ]);
    mkdirSync(join(folder.path, 'later'));
    clock.advance(60_000);
    await attempts(4);
    expect(logged.count('can be written to its file now')).toBe(1);
    expect(await found()).toEqual([['a']]);
  });

  test("is somebody's", async () => {
    writeFileSync(file, 'cf:\n  api_host: api.example.org\n');
    const { clock, attempts, logged, ...parts } = start();
    parts.learn('a');
    clock.advance(500);
    await attempts(1);
    expect(logged.count('there is another file of this name; move it away or name another one')).toBe(1);
    expect(readFileSync(file, 'utf8')).toContain('api_host');
  });
});

describe('reading', () => {
  test('no file is no reason to worry', async () => {
    const { store, logged } = start();
    expect(await store.read()).toEqual([]);
    expect(logged.lines).toEqual([expect.stringMatching(/INFO .*there is no inventory on disk yet/)]);
  });

  test.each<[string, () => void, RegExp]>([
    ['broken', () => writeFileSync(file, readFileSync(file).subarray(0, -5), { mode: 0o600 }), /damaged/],
    ['foreign', () => writeFileSync(file, 'hello'), /no inventory of Promregator/],
    ['empty', () => writeFileSync(file, ''), /it is empty/],
    [
      'a folder',
      () => {
        rmSync(file);
        mkdirSync(file);
      },
      /it is no file.*name a file in place of it/,
    ],
  ])('%s: one warning that names it and why', async (_, damage, reason) => {
    const { clock, store, attempts, logged, ...parts } = start();
    parts.learn('a');
    clock.advance(500);
    await attempts(1);
    damage();
    const before = logged.lines.length;
    expect(await store.read()).toEqual([]);
    const [line, ...more] = logged.lines.slice(before);
    expect(line).toMatch(/WARN .*the inventory on disk is not used/);
    expect(line).toContain(file);
    expect(line).toMatch(reason);
    expect(more).toEqual([]);
  });
});
