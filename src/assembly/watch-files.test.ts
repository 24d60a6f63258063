import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { stateOf } from './file-state.js';
import { createFileWatch } from './watch-files.js';

const root = temporaryFolder();
afterAll(() => root.remove());
let count = 0;

/** A file of its own, watched; `look` moves time on and waits until it has been looked at. */
async function watching(content: string | undefined) {
  count += 1;
  const file = join(root.path, `file-${count}`);
  if (content !== undefined) writeFileSync(file, content);
  const clock = manualClock();
  const changes: number[] = [];
  const watch = createFileWatch(clock, async () => void changes.push(clock.monotonic()));
  watch.watch(new Map([[file, await stateOf(file)]]));
  /** Moves time on to the next look, and waits until it is done. */
  const look = async (): Promise<number> => {
    const [delayMs] = clock.pending();
    clock.advance(delayMs ?? 0);
    await waitUntil(() => clock.pending().length > 0, { within: 5_000, describe: () => 'the next look', every: 5 });
    return changes.length;
  };
  return { file, look, watch, clock };
}

test.each<[string, string | undefined, (file: string) => void]>([
  ['another content', 'a', (file) => writeFileSync(file, 'bb')],
  ['a file that comes', undefined, (file) => writeFileSync(file, 'a')],
  ['a file that goes', 'a', (file) => rmSync(file)],
  [
    'a file in its place',
    'a',
    (file) => {
      writeFileSync(`${file}.new`, 'b');
      renameSync(`${file}.new`, file);
    },
  ],
  [
    'a link that leads elsewhere, as those of Kubernetes do',
    'a',
    (file) => {
      writeFileSync(`${file}.2`, 'b');
      rmSync(file);
      symlinkSync(`${file}.2`, file);
    },
  ],
])('%s is told once', async (_, content, change) => {
  const { file, look, clock } = await watching(content);
  expect(await look()).toBe(0);
  change(file);
  expect(await look(), 'it may still be written').toBe(0);
  expect(clock.pending()).toEqual([1_000]);
  expect(await look()).toBe(1);
  expect(await look()).toBe(1);
});

test('nothing is told while it goes on changing', async () => {
  const { file, look } = await watching('a');
  for (const content of ['bb', 'ccc', 'dddd']) {
    writeFileSync(file, content);
    expect(await look()).toBe(0);
  }
  expect(await look()).toBe(1);
});

test('what changed between being read and being watched is a change', async () => {
  const { file, look, watch } = await watching('a');
  const asItWasRead = await stateOf(file);
  writeFileSync(file, 'bb');
  watch.watch(new Map([[file, asItWasRead]]));
  await look();
  expect(await look()).toBe(1);
});

test('nothing is looked at after it was stopped', async () => {
  const { watch, clock } = await watching('a');
  watch.stop();
  expect(clock.pending()).toEqual([]);
});

test('without files there is nothing to look at', async () => {
  const clock = manualClock();
  createFileWatch(clock, async () => undefined).watch(new Map());
  expect(clock.pending()).toEqual([]);
});
