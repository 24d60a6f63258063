import { expect, test } from 'vitest';
import { createWaitingRoom } from './turns.js';

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
