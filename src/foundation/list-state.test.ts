import { describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/support/manual-clock.js';
import { ApiError } from './api-error.js';
import { createListState, type ListState } from './list-state.js';
import { EVERYTHING } from './plan.js';

const ERROR = new ApiError('api_unreachable', 'no answer');

function state(options: { refreshMs?: number; random?: number } = {}): { list: ListState<'apps'>; clock: ManualClock } {
  const clock = manualClock();
  const { refreshMs = 60_000, random = 0 } = options;
  return { clock, list: createListState({ refreshMs, backoffMs: 1_000, clock, random: () => random }) };
}

test('is due from the start', () => {
  expect(state().list.isDue()).toBe(true);
});

test.each<[number, number]>([
  [0, 57_000],
  [0.5, 60_000],
  [0.999_999, 63_000],
])('with jitter %d the next reading is %d ms after a success', (random, waitMs) => {
  const { list } = state({ random });
  list.succeeded(new Map(), EVERYTHING, 0);
  expect(Math.round(list.dueAt)).toBe(waitMs);
});

test.each<[number, number, readonly number[]]>([
  [60_000, 0, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]],
  [60_000, 1, [1_500, 3_000, 6_000, 12_000, 24_000, 48_000, 90_000]],
  [3_600_000, 0, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]],
  [5_000, 0, [1_000, 2_000, 4_000, 5_000, 5_000]],
  [100, 0, [1_000, 1_000]],
])('interval %d ms, jitter %d: back-off %j', (refreshMs, random, waits) => {
  const { list, clock } = state({ refreshMs, random });
  for (const waitMs of waits) {
    list.failed(ERROR);
    expect(list.dueAt - clock.monotonic()).toBe(waitMs);
    clock.advance(waitMs - 1);
    expect(list.isDue()).toBe(false);
    clock.advance(1);
    expect(list.isDue()).toBe(true);
  }
  expect([list.failures, list.error]).toEqual([waits.length, ERROR]);
  list.succeeded(new Map(), EVERYTHING, 0);
  expect([list.failures, list.error]).toEqual([0, undefined]);
});

test.each<[number, number]>([
  [45_000, 45_000],
  [500, 1_000],
])('Retry-After %d ms waits %d ms', (retryAfterMs, waitMs) => {
  const { list } = state();
  list.failed(new ApiError('api_status', 'slow down', { retryAfterMs }));
  expect(list.dueAt).toBe(waitMs);
});

test.each<[number, string]>([
  [999, 'adopted'],
  [1_000, 'own'],
  [1_001, 'own'],
])('what was asked at %d ms, and is there when that of 1,000 ms was adopted: the %s counts', (askedAt, wanted) => {
  const { list, clock } = state();
  clock.advance(2_000);
  const elements = { adopted: new Map(), own: new Map() };
  list.adopt(elements.adopted, EVERYTHING, 1_000);
  list.succeeded(elements.own, EVERYTHING, askedAt);
  expect(list.elements).toBe(wanted === 'own' ? elements.own : elements.adopted);
  expect(list.dueAt).toBe(2_000 + 57_000);
});

test('a failure keeps what the list said last, and its age goes on', () => {
  const { list, clock } = state();
  const elements = new Map();
  clock.advance(5_000);
  list.succeeded(elements, EVERYTHING, 4_000);
  clock.advance(10_000);
  list.failed(ERROR);
  expect(list.elements).toBe(elements);
  expect([list.plan, list.ageMs]).toEqual([EVERYTHING, 11_000]);
});

describe('bringing forward', () => {
  test.each<[string, (list: ListState<'apps'>) => void, number]>([
    ['hasten', (list) => list.hasten(10_000), 10_000],
    ['hasten to later', (list) => list.hasten(90_000), 57_000],
    ['demand', (list) => list.demand(), 5_000],
  ])('%s after a success', (_, act, dueAt) => {
    const { list, clock } = state();
    list.succeeded(new Map(), EVERYTHING, 0);
    clock.advance(5_000);
    act(list);
    expect(list.dueAt).toBe(dueAt);
  });

  test.each<[string, (list: ListState<'apps'>) => void, number]>([
    ['hasten keeps the pause', (list) => list.hasten(0), 45_000],
    ['demand does not', (list) => list.demand(), 5_000],
  ])('%s after a failure', (_, act, dueAt) => {
    const { list, clock } = state();
    list.failed(new ApiError('api_status', 'slow down', { retryAfterMs: 45_000 }));
    clock.advance(5_000);
    act(list);
    expect(list.dueAt).toBe(dueAt);
  });

  test('a list goes along with others when a fifth of its interval is left', () => {
    const { list, clock } = state();
    list.succeeded(new Map(), EVERYTHING, 0);
    clock.advance(44_999);
    expect(list.isDue()).toBe(false);
    clock.advance(1);
    expect(list.isDue()).toBe(true);
  });
});
