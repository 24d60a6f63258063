import { describe, expect, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { manualClock } from '../../test/support/manual-clock.js';
import { ApiError } from './api-error.js';
import { perKind, type Space } from './resources.js';
import { createShrinkGuard } from './shrink.js';

/** Spaces `first` to `first + count - 1`. */
function spaces(count: number, first = 0): ReadonlyMap<string, Space> {
  const all = Array.from({ length: count }, (_, n) => `s${first + n}`);
  return new Map(all.map((guid) => [guid, { guid, name: guid, organizationGuid: 'o' }]));
}

type Answer = ReadonlyMap<string, Space> | ApiError;

interface Outcome {
  readonly result: number | string;
  readonly readings: number;
  readonly told: readonly string[];
  readonly warnings: number;
}

async function read(
  before: ReadonlyMap<string, Space> | undefined,
  answers: readonly Answer[],
  share = 0.5,
): Promise<Outcome> {
  const told: string[] = [];
  const logged = recordedLog();
  const guard = createShrinkGuard({
    shares: perKind((kind) => (kind === 'spaces' ? share : 0)),
    clock: manualClock(),
    log: logged.log,
    observe: { shrunk: (kind, result) => told.push(`${kind} ${result}`) },
  });
  let readings = 0;
  const result = await guard
    .read('spaces', before, async () => {
      const answer = answers[readings];
      readings += 1;
      if (answer === undefined || answer instanceof ApiError) throw answer ?? new Error('asked too often');
      return answer;
    })
    .then(
      (elements) => elements.size,
      (error: ApiError) => error.code,
    );
  return { result, readings, told, warnings: logged.count(' WARN ') };
}

const NO = new ApiError('api_unreachable', 'no answer');

describe('what needs a second reading', () => {
  test.each<[string, number | undefined, number, number, number]>([
    ['a first list', undefined, 0, 0.5, 1],
    ['an empty one that stays so', 0, 0, 0.5, 1],
    ['growth', 10, 20, 0.5, 1],
    ['half', 100, 50, 0.5, 1],
    ['more than half', 100, 49, 0.5, 2],
    ['one of three', 3, 1, 0.5, 2],
    ['one of two', 2, 1, 0.5, 1],
    ['the last one', 1, 0, 0.5, 2],
    ['another share', 100, 89, 0.1, 2],
    ['each loss', 100, 99, 0, 2],
    ['share 1: not all but one', 100, 1, 1, 1],
    ['share 1: nothing left', 100, 0, 1, 2],
  ])('%s: %s to %d by %d are %d readings', async (_, before, now, share, readings) => {
    const outcome = await read(before === undefined ? undefined : spaces(before), [spaces(now), spaces(now)], share);
    expect([outcome.readings, outcome.result]).toEqual([readings, now]);
    expect(outcome.told).toEqual(readings === 1 ? [] : ['spaces confirmed']);
    expect(outcome.warnings).toBe(readings === 1 ? 0 : 1);
  });
});

describe('what the second reading says', () => {
  test.each<[string, number, Answer, Answer, number | string, string]>([
    ['the same', 1_000, spaces(10), spaces(10), 10, 'confirmed'],
    ['nearly the same', 1_000, spaces(10), spaces(12, 4), 12, 'confirmed'],
    ['one more, of a small list', 5, spaces(1), spaces(2), 2, 'confirmed'],
    ['all of it', 1_000, spaces(10), spaces(1_000), 1_000, 'refuted'],
    ['most of it', 1_000, spaces(0), spaces(500), 500, 'refuted'],
    ['something else', 1_000, spaces(10), spaces(10, 500), 'list_incomplete', 'unclear'],
    ['much more, but still too little', 1_000, spaces(10), spaces(400), 'list_incomplete', 'unclear'],
    ['nothing, after little', 1_000, spaces(100), spaces(0), 'list_incomplete', 'unclear'],
    ['no answer', 1_000, spaces(10), NO, 'api_unreachable', 'unclear'],
  ])('%s', async (_, before, first, second, result, told) => {
    const outcome = await read(spaces(before), [first, second]);
    expect([outcome.result, outcome.told]).toEqual([result, [`spaces ${told}`]]);
    expect(outcome.warnings).toBe(told === 'unclear' ? 0 : 1);
  });

  test('a first reading that fails is no second one', async () => {
    expect(await read(spaces(10), [NO])).toEqual({ result: 'api_unreachable', readings: 1, told: [], warnings: 0 });
  });
});
