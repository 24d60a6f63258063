import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createWaitingRoom, type Turns } from './turns.js';

test('one is at work, the others follow in order', () => {
  const room = createWaitingRoom();
  const turns = room.turns();
  const done: number[] = [];
  for (const each of [1, 2, 3]) expect(turns.take(() => done.push(each))).toBe(true);
  expect([done, room.waiting, turns.isIdle]).toEqual([[1], 2, false]);
  turns.over();
  expect([done, room.waiting]).toEqual([[1, 2], 1]);
  turns.take(() => done.push(4));
  turns.over();
  turns.over();
  expect([done, room.waiting, turns.isIdle]).toEqual([[1, 2, 3, 4], 0, false]);
  turns.over();
  expect(turns.isIdle).toBe(true);
  turns.take(() => done.push(5));
  expect(done).toEqual([1, 2, 3, 4, 5]);
});

test('who has had a turn is let go, also where somebody always waits', async () => {
  const turns = createWaitingRoom().turns();
  turns.take(() => undefined);
  const first = takeOne(turns);
  turns.take(() => undefined);
  turns.over();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(first.deref()).toBeUndefined();
});

function takeOne(turns: Turns): WeakRef<() => void> {
  const said: string[] = [];
  const work = (): void => void said.push('done');
  turns.take(work);
  return new WeakRef(work);
}

/** `gc` is there for code that is compiled after the flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

test('those of a connection that is gone are forgotten', () => {
  const room = createWaitingRoom();
  const turns = room.turns();
  const done: number[] = [];
  for (const each of [1, 2, 3]) turns.take(() => done.push(each));
  turns.forget();
  turns.over();
  expect([done, room.waiting]).toEqual([[1], 0]);
});

test('1,024 wait on one connection, 2,048 on all', () => {
  const room = createWaitingRoom();
  const [first, second, third] = [room.turns(), room.turns(), room.turns()];
  const idle = (): void => undefined;
  expect(first.take(idle)).toBe(true);
  for (let count = 0; count < 1_024; count += 1) expect(first.take(idle)).toBe(true);
  expect(first.take(idle)).toBe(false);
  for (let count = 0; count < 1_025; count += 1) expect(second.take(idle)).toBe(true);
  expect([third.take(idle), third.take(idle), room.waiting]).toEqual([true, false, 2_048]);
  first.over();
  expect([third.take(idle), third.take(idle)]).toEqual([true, false]);
});
