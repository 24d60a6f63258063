import { expect, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { manualClock } from '../../test/support/manual-clock.js';
import { createEndpointSource } from './endpoint-source.js';

const HOUR = 3_600_000;

/** Does these things in order: finds, doubts, freshens, lets time pass; `-` is a reading that fails. */
test.each<[string, string, readonly (string | number)[], readonly string[], number]>([
  ['read once', '++', ['find', 'find', HOUR, 'find'], ['1', '1', '1'], 1],
  ['a first reading that fails is an error, and done again', '-+', ['find', 'find'], ['error', '2'], 2],
  ['old: read beside', '++', ['find', HOUR, 'freshen', 'find'], ['1', '2'], 2],
  ['not yet old', '++', ['find', HOUR - 1, 'freshen', 'find'], ['1', '1'], 1],
  ['old, but it cannot be read: what is known stays', '+-', ['find', HOUR, 'freshen', 'find'], ['1', '1'], 2],
  ['and it is not asked for again at once', '+-+', ['find', HOUR, 'freshen', 'freshen', 'find'], ['1', '1'], 2],
  ['but in a minute', '+-+', ['find', HOUR, 'freshen', 60_000, 'freshen', 'find'], ['1', '3'], 3],
  ['in doubt: read first', '++', ['find', 60_000, 'doubt', 'find', 'find'], ['1', '2', '2'], 2],
  ['in doubt, but it cannot be read', '+-', ['find', 60_000, 'doubt', 'find', 'find'], ['1', '1', '1'], 2],
  ['doubts within a minute count once', '+++', ['find', 60_000, 'doubt', 'find', 'doubt', 'find'], ['1', '2', '2'], 2],
  ['without anything known there is nothing to doubt', '+', ['doubt', 'freshen', 'find'], ['1'], 1],
])('%s', async (_, readings, steps, found, reads) => {
  const clock = manualClock();
  let count = 0;
  const source = createEndpointSource({
    async read() {
      count += 1;
      if (readings[count - 1] !== '+') throw new Error('no root document');
      return { loginUrl: String(count), apiVersion: undefined, tooOld: false };
    },
    clock,
    log: recordedLog().log,
  });
  const seen: string[] = [];
  for (const step of steps) {
    if (typeof step === 'number') clock.advance(step);
    else if (step === 'doubt') source.doubt();
    else if (step === 'freshen') source.freshen();
    else
      seen.push(
        await source.find().then(
          ({ loginUrl }) => loginUrl,
          () => 'error',
        ),
      );
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([seen, count]).toEqual([found, reads]);
});

test('who asks at once shares a reading', async () => {
  let count = 0;
  const source = createEndpointSource({
    async read() {
      count += 1;
      return { loginUrl: String(count), apiVersion: undefined, tooOld: false };
    },
    clock: manualClock(),
    log: recordedLog().log,
  });
  await Promise.all([source.find(), source.find(), source.find()]);
  expect(count).toBe(1);
});
