import { expect, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { manualClock } from '../../test/support/manual-clock.js';
import { deferred } from '../../test/support/outbound/ask.js';
import { createWatchdog, type Watchdog } from './watchdog.js';

interface Watched {
  readonly watchdog: Watchdog;
  readonly events: string[];
  readonly logged: ReturnType<typeof recordedLog>;
  pass(ms: number): Promise<void>;
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Pings each minute; `answers` says of the nth whether it succeeds, and success is all that follow. */
function watched(answers: string, restartCount?: number, gate?: Promise<void>): Watched {
  const clock = manualClock();
  const logged = recordedLog();
  const events: string[] = [];
  let pings = 0;
  const watchdog = createWatchdog({
    timeoutMs: 2_500,
    rateMs: 60_000,
    initialDelayMs: 30_000,
    restartCount,
    async ping(timeoutMs) {
      pings += 1;
      events.push(`${clock.monotonic() / 1000}`);
      expect(timeoutMs).toBe(2_500);
      await gate;
      if (answers[pings - 1] === '-') throw new Error('no answer in time');
    },
    reconnect: () => void events.push('reconnect'),
    clock,
    log: logged.log,
    observe: { reconnected: () => void events.push('counted') },
    onGivenUp: () => void events.push('given up'),
  });
  return {
    watchdog,
    events,
    logged,
    async pass(ms) {
      clock.advance(ms);
      await settle();
    },
  };
}

const FAILED = ['reconnect', 'counted'];

test.each<[string, string, number | undefined, readonly string[]]>([
  ['all is well', '++++', 0, ['30', '90', '150', '210']],
  ['a failure opens the connections anew', '+-++', undefined, ['30', '90', ...FAILED, '150', '210']],
  [
    'failures without end, unless a count is set',
    '----',
    undefined,
    ['30', ...FAILED, '90', ...FAILED, '150', ...FAILED, '210', ...FAILED],
  ],
  ['count 0: the first failure', '+-', 0, ['30', '90', ...FAILED, 'given up']],
  ['count 1: the second, not in a row', '-+-+', 1, ['30', ...FAILED, '90', '150', ...FAILED, 'given up']],
  ['count 2: not the second', '-+-+', 2, ['30', ...FAILED, '90', '150', ...FAILED, '210']],
])('%s', async (_, answers, restartCount, expected) => {
  const { watchdog, events, pass } = watched(answers, restartCount);
  watchdog.start();
  await pass(30_000);
  for (let ping = 2; ping <= 4; ping += 1) await pass(60_000);
  expect(events).toEqual(expected);
});

test('a ping that takes longer than the rate is the only one', async () => {
  const gate = deferred<void>();
  const { watchdog, events, pass } = watched('+', undefined, gate.promise);
  watchdog.start();
  await pass(30_000);
  await pass(100_000);
  expect(events).toEqual(['30']);
  gate.resolve();
  await settle();
  await pass(0);
  expect(events).toEqual(['30', '130']);
});

test('stopped it does nothing more, not even for the ping under way', async () => {
  const gate = deferred<void>();
  const { watchdog, events, pass } = watched('-', 0, gate.promise);
  watchdog.start();
  await pass(30_000);
  watchdog.stop();
  gate.resolve();
  await settle();
  await pass(600_000);
  expect(events).toEqual(['30']);
});

test('stopped and started again during a ping it pings once a minute', async () => {
  const gate = deferred<void>();
  const { watchdog, events, pass } = watched('+', 0, gate.promise);
  watchdog.start();
  await pass(30_000);
  watchdog.stop();
  watchdog.start();
  gate.resolve();
  await settle();
  for (let half = 0; half < 6; half += 1) await pass(30_000);
  expect(events).toEqual(['30', '60', '120', '180']);
});

test('a row of failures is told once, its end too', async () => {
  const { watchdog, logged, pass } = watched('---++');
  watchdog.start();
  for (let ping = 0; ping < 6; ping += 1) await pass(60_000);
  expect(logged.count('does not answer the watchdog')).toBe(1);
  expect(logged.count('answers the watchdog again')).toBe(1);
});
