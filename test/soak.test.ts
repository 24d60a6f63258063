import { describe, expect, test } from 'vitest';
import type { Change, OddScrape, Strike } from '../bench/soak/events.js';
import { judgeFlatness } from '../bench/soak/flatness.js';
import { readMemoryParts } from '../bench/soak/memory-parts.js';
import { type History, reconcile } from '../bench/soak/reconcile.js';

// What `npm run soak` concludes from is tried here; the soak itself takes its ten minutes.

const NOTHING: History = {
  strikes: [],
  changes: [],
  downtimes: [],
  odd: [],
  departures: [],
  failedLists: [],
  starvations: [],
};

function odd(part: Partial<OddScrape> = {}): OddScrape {
  const usual = { instance: 'app/1', sentMs: 1_000, endedMs: 1_200, status: 502, ending: 'whole' as const };
  return { ...usual, isSent: true, hasMark: false, strangers: [], text: '', ...part };
}

function strike(part: Partial<Strike> = {}): Strike {
  return { instance: 'app/1', atMs: 1_100, fault: 'redirects nowhere', askedAgain: false, ...part };
}

function change(part: Partial<Change> = {}): Change {
  const usual = { id: 1, what: 'deleted', effect: 'instances go' as const, app: 'app', fromIndex: 0, toIndex: 9 };
  return { ...usual, fromMs: 500, untilMs: 2_000, ...part };
}

const DOWN = { fromMs: 900, untilMs: 1_050 };
const STARVED = { fromMs: 500, untilMs: 1_000, waitedMs: 400 };

describe('an odd scrape is explained by', () => {
  test.each<[cause: string, history: Partial<History>]>([
    ['fault of the application', { odd: [odd()], strikes: [strike()] }],
    ['deployment', { odd: [odd()], changes: [change()] }],
    ['deployment', { odd: [odd()], changes: [change({ untilMs: undefined })] }],
    ['Promregator was down', { odd: [odd({ status: 0, ending: 'broken' })], downtimes: [DOWN] }],
    ['late, since no processor was free', { odd: [odd({ status: 504 })], starvations: [STARVED] }],
    [
      'not even sent, since no processor was free',
      { odd: [odd({ status: 0, ending: 'aborted', isSent: false })], starvations: [STARVED] },
    ],
    [
      'new since the inventory file was written, after a kill',
      {
        odd: [odd({ status: 404 })],
        changes: [change({ effect: 'instances come' })],
        downtimes: [{ ...DOWN, untilMs: 950 }],
      },
    ],
  ])('%s: %j', (cause, history) => {
    expect(reconcile({ ...NOTHING, ...history })).toEqual({ causes: new Map([[cause, 1]]), healed: 0, misses: [] });
  });
});

describe('nothing explains', () => {
  test.each<[string, Partial<History>, RegExp]>([
    ['a failure without a cause', { odd: [odd()] }, /app\/1: 502 whole in 200 ms/],
    [
      'a fault of another instance',
      { odd: [odd()], strikes: [strike({ instance: 'app/2', askedAgain: true })] },
      /502/,
    ],
    ['a fault at another time', { odd: [odd()], strikes: [strike({ atMs: 1_300, askedAgain: true })] }, /502/],
    [
      'another outcome than that of its fault',
      { odd: [odd({ status: 503 })], strikes: [strike()] },
      /after 'redirects/,
    ],
    ['a body without its end', { odd: [odd({ status: 200 })], strikes: [strike({ fault: 'no last newline' })] }, /200/],
    ['series of another instance', { odd: [odd({ strangers: ['b/0'] })], changes: [change()] }, /speaks of b\/0/],
    ['a deployment of higher indices', { odd: [odd()], changes: [change({ fromIndex: 2 })] }, /502/],
    ['a deployment long ago', { odd: [odd()], changes: [change({ untilMs: 900 })] }, /502/],
    ['new instances that fail', { odd: [odd()], changes: [change({ effect: 'instances come' })] }, /502/],
    ['a wrong status for want of a processor', { odd: [odd()], starvations: [STARVED] }, /502/],
    ['a fault that came out as success', { strikes: [strike()] }, /came out as a good scrape/],
    ['a target that is lost', { departures: [{ instance: 'app/1', atMs: 5 }] }, /is listed no longer/],
    [
      'a list that failed',
      { failedLists: [{ atMs: 5, endedMs: 6, isLate: false, reason: '503' }] },
      /gave no list: 503/,
    ],
  ])('%s', (_, history, words) => {
    const { misses } = reconcile({ ...NOTHING, ...history });
    expect(misses).toEqual([expect.stringMatching(words)]);
  });
});

test('a fault that was healed by asking again is counted', () => {
  const { healed, misses } = reconcile({ ...NOTHING, strikes: [strike({ askedAgain: true })] });
  expect([healed, misses]).toEqual([1, []]);
});

describe('a line', () => {
  const points = (valueAt: (minute: number) => number): { minute: number; value: number }[] =>
    Array.from({ length: 31 }, (_, minute) => ({ minute, value: valueAt(minute) }));

  test.each<[string, (minute: number) => number, boolean]>([
    ['that stays is flat', () => 100, true],
    ['that falls is flat', (minute) => 100 - minute, true],
    ['that rises while it warms up is flat', (minute) => 100 + 5 * Math.min(minute, 10), true],
    ['that jumps once for a moment is flat', (minute) => (minute === 25 ? 1_000 : 100), true],
    ['that swings is flat', (minute) => 100 + 20 * (minute % 2), true],
    ['that rises a little is flat', (minute) => 100 + 0.2 * minute, true],
    ['that rises steadily is not', (minute) => 100 + minute, false],
    ['that rises and swings is not', (minute) => 100 + minute + 5 * (minute % 2), false],
  ])('%s', (_, valueAt, isFlat) => {
    expect(judgeFlatness(points(valueAt), { share: 0.05, amount: 1 }).isFlat).toBe(isFlat);
  });
});

test('resident memory is told by what it was mapped for', () => {
  const { fileBytes, mallocBytes, otherBytes } = readMemoryParts(process.pid);
  const residentBytes = process.memoryUsage().rss;
  expect(Math.min(fileBytes, mallocBytes, otherBytes)).toBeGreaterThan(1_000_000);
  expect((fileBytes + mallocBytes + otherBytes) / residentBytes).toBeCloseTo(1, 0);
});
