import { expect, test } from 'vitest';
import { type Sending, watchSending } from './sending-watch.js';

/** Seconds, bytes that were written, and of those the bytes that nobody took. */
type Look = readonly [second: number, written: number, waiting: number];

test.each<[string, readonly Look[], readonly ('fine' | 'stuck')[]]>([
  ['a first look', [[0, 100, 100]], ['fine']],
  [
    'nothing moves for 20 s',
    [
      [0, 100, 90],
      [19.999, 100, 90],
      [20, 100, 90],
    ],
    ['fine', 'fine', 'stuck'],
  ],
  [
    'what was written meanwhile is not what moved',
    [
      [0, 100, 90],
      [20, 200, 190],
    ],
    ['fine', 'stuck'],
  ],
  [
    'a byte moves in time',
    [
      [0, 100, 90],
      [19, 100, 89],
      [38, 100, 89],
      [39, 100, 89],
    ],
    ['fine', 'fine', 'fine', 'stuck'],
  ],
  [
    'bytes drip for two minutes',
    [
      [0, 900, 900],
      [30, 900, 899],
      [60, 900, 898],
      [90, 900, 897],
      [119.999, 900, 896],
      [120, 900, 895],
    ],
    ['fine', 'fine', 'fine', 'fine', 'fine', 'stuck'],
  ],
])('%s', (_, looks, verdicts) => {
  let sending: Sending | undefined;
  const heard = looks.map(([second, bytesWritten, writableLength]) => {
    const next = watchSending(sending, { bytesWritten, writableLength }, second * 1_000);
    if (next === 'stuck') return next;
    sending = next;
    return 'fine';
  });
  expect(heard).toEqual(verdicts);
});
