import { expect, test } from 'vitest';
import { manualClock } from '../../test/support/manual-clock.js';
import { createRepeats } from './repeats.js';

const TEN_MINUTES = 600_000;

test.each<[string, readonly (string | number)[], readonly (number | undefined)[]]>([
  ['the first at once', ['a'], [1]],
  ['the second not', ['a', 'a'], [1, undefined]],
  ['another reason at once', ['a', 'b'], [1, 1]],
  ['two in turn once each', ['a', 'b', 'a', 'b'], [1, 1, undefined, undefined]],
  ['again after ten minutes, with the count', ['a', 'a', TEN_MINUTES, 'a', 'a'], [1, undefined, 3, undefined]],
  ['not before', ['a', TEN_MINUTES - 1, 'a'], [1, undefined]],
  [
    'ten minutes from when it was told last',
    ['a', TEN_MINUTES, 'a', TEN_MINUTES - 1, 'a', 1, 'a'],
    [1, 2, undefined, 4],
  ],
])('%s', (_, events, expected) => {
  const clock = manualClock();
  const repeats = createRepeats(clock);
  const told: (number | undefined)[] = [];
  for (const event of events) {
    if (typeof event === 'number') clock.advance(event);
    else told.push(repeats.occurred(event));
  }
  expect(told).toEqual(expected);
});

test('what ended counts as new, and is told with how often it occurred', () => {
  const repeats = createRepeats(manualClock());
  expect(repeats.ended()).toBe(0);
  repeats.occurred('a');
  repeats.occurred('b');
  repeats.occurred('b');
  expect(repeats.ended()).toBe(3);
  expect(repeats.ended()).toBe(0);
  expect(repeats.occurred('a')).toBe(1);
});
