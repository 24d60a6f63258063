import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createConnectionRoom, type Doing } from './connection-room.js';

/** What three connections do, in the order in which they came, and which one goes when a fourth comes. */
test.each<[string, readonly Doing[], number | 'newcomer']>([
  ['the oldest of those that never asked', ['arriving', 'arriving', 'arriving'], 0],
  ['one that never asked before one that did', ['idle', 'busy', 'arriving'], 2],
  ['the one that has been idle longest', ['busy', 'idle', 'idle'], 1],
  ['the newcomer, when all are busy', ['busy', 'busy', 'busy'], 'newcomer'],
])('%s', (_, doings, victim) => {
  let crowded = 0;
  const room = createConnectionRoom({ most: 3, onCrowded: () => (crowded += 1) });
  const sockets = doings.map((doing) => {
    const socket = new Socket();
    room.enter(socket);
    room.set(socket, doing);
    return socket;
  });
  expect([crowded, room.size]).toEqual([0, 3]);
  const newcomer = new Socket();
  room.enter(newcomer);
  expect([crowded, room.size]).toEqual([1, 3]);
  const gone = [...sockets, newcomer].findIndex((socket) => socket.destroyed);
  expect(gone).toBe(victim === 'newcomer' ? 3 : victim);
});

test('whoever has just been served stands behind those that waited', () => {
  const room = createConnectionRoom({ most: 2, onCrowded: () => undefined });
  const [first, second, third] = [new Socket(), new Socket(), new Socket()];
  for (const socket of [first, second]) {
    room.enter(socket);
    room.set(socket, 'idle');
  }
  room.set(first, 'busy');
  room.set(first, 'idle');
  room.enter(third);
  expect([first.destroyed, second.destroyed]).toEqual([false, true]);
  room.leave(first);
  room.set(first, 'idle');
  expect(room.size).toBe(1);
});
