import type { Milliseconds } from '../../src/base/duration.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import { onStage, type Stage } from '../support/stage.js';
import { passTime, waitFor } from '../support/wait.js';
import { isWhole, planChanges } from './changes.js';
import { openLab } from './lab.js';
import type { Miss, Row, RowResult, Surrounding } from './row.js';
import { describeSight, judgeSight, readTroubles, sightOf } from './sight.js';
import { describeTally, startWatch } from './watch.js';

/** A window of the API's own limit; hours in reality, which say the same. */
const WINDOW_MS: Milliseconds = 20_000;
const WINDOWS = 2;
/** Of some 150 requests that the intervals of the rows would send in a window. */
const LIMIT = 60;
/** One answer may say so before we know of a limit at all. */
const MOST_REFUSED = 1;

/** The rate limiter of the Cloud Controller itself, with less than the intervals ask for. */
export function limitRow(): Row {
  return {
    name: `limit of the API's own, ${LIMIT} requests in ${WINDOW_MS / 1000} s`,
    company: 'any',
    run: (surrounding) => onStage((stage) => runWithLimit(stage, surrounding)),
  };
}

async function runWithLimit(stage: Stage, surrounding: Surrounding): Promise<RowResult> {
  const rateLimit = { generalLimit: LIMIT, intervalMinutes: WINDOW_MS / 60_000 };
  const lab = await openLab(stage, surrounding, { scheme: 'https', simulator: { rateLimit } });
  const changes = planChanges(lab);
  const program = await lab.start();
  const watch = stage.add(startWatch({ program, required: changes.required }));
  await waitFor(() => (isWhole(watch.listed, changes.required()) ? true : undefined), {
    withinMs: 2 * WINDOW_MS,
    everyMs: 50,
    what: () => 'the first list',
  });
  const before = lab.simulator.requests.total() - lab.simulator.requests.count('scrape');
  const startedAt = performance.now();
  await passTime(WINDOW_MS / 2);
  changes.make();
  await passTime(WINDOWS * WINDOW_MS - WINDOW_MS / 2);
  const ms = performance.now() - startedAt;
  const sent = lab.simulator.requests.total() - lab.simulator.requests.count('scrape') - before;
  const isFresh = isWhole(watch.listed, changes.expected() ?? new Set());
  const troubles = await readTroubles(program);
  const metrics = await readOwnMetrics(program);
  const refused = [...metrics.series('promregator_cf_requests_total')]
    .filter(([labels]) => labels.includes('limited'))
    .reduce((sum, [, value]) => sum + value, 0);
  const budget = metrics.sum('promregator_cf_request_budget_limit');
  const sight = sightOf({ before: new Map(), after: new Map([...troubles, ['budget', budget]]), log: program.log() });
  const misses: Miss[] = [...judgeSight(sight, undefined)];
  if (watch.mostLost > 0) misses.push({ kind: 'lost', sentence: `${watch.mostLost} targets lost` });
  if (refused > MOST_REFUSED) misses.push({ kind: 'aim', sentence: `${refused} requests were answered by 429` });
  if (!isFresh)
    misses.push({
      kind: 'stale',
      sentence: 'a change in the middle of the first window is not seen by the end of the second',
    });
  if (watch.leftRotation) misses.push({ kind: 'aim', sentence: '/-/ready turned' });
  return {
    figures: [
      `lost ${watch.mostLost}`,
      `${sent} requests in ${(ms / 1000).toFixed(0)} s, ${refused} answered by 429`,
      `/discovery ${describeTally(watch.discovery)}`,
      describeSight(sight, undefined),
    ],
    said: [...sight.lines].map(([message, times]) => `log: ×${times} ${message}`),
    misses,
  };
}
