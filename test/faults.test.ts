import { beforeAll, expect, test } from 'vitest';
import { applicationRows } from '../bench/faults/application-row.js';
import { createGate } from '../bench/faults/gate.js';
import { platformRows } from '../bench/faults/platform-rows.js';
import { type Pace, USUAL_PACE } from '../bench/faults/row.js';
import { type RowOutcome, runRows } from '../bench/faults/run-rows.js';
import { PROGRAM } from './support/promregator-process.js';

/** Of the matrix that `npm run faults` runs whole; there each fault lasts longer and is repeated more often. */
const ROWS = [
  'refuses connections · normal operation',
  '503 as HTML · first listing',
  'half the JSON · mid-paging',
  'pages are short · mid-paging',
  'total_results falls between pages · first listing',
  'list of apps cut by more than half once · first listing',
  'apps are forbidden · normal operation',
  '429 with Retry-After as a date · normal operation',
  'refresh token refused · token renewal',
  'certificate expired · normal operation',
  'DNS gives another address · normal operation',
  'our clock ten minutes ahead · token renewal',
  'API restarted as 3.180.0 · normal operation',
  'application: resets within a small body',
  'application: gzip that breaks off',
  'application: chunks without an end',
  'application: redirects to the metadata address',
  'application: no last newline',
];

const PACE: Pace = { ...USUAL_PACE, holdMs: 1_500, refreshMs: 1_000, backoffMs: 200, repetitions: 60 };

const SUITE_MS = 120_000;

let outcomes: readonly RowOutcome[] = [];

beforeAll(async () => {
  const rows = [...platformRows(), ...applicationRows()].filter(({ name }) => ROWS.includes(name));
  const surrounding = { pace: PACE, main: PROGRAM, starting: createGate(2), witness: 'none' } as const;
  outcomes = await runRows(rows, { surrounding, workers: 6, tell: () => undefined });
}, SUITE_MS);

/** How long things take is the command's business: here the machine may be busy, and a fault over before it is felt. */
test.each(ROWS)('%s', (name) => {
  const result = outcomes.find(({ row }) => row.name === name)?.result;
  expect(result?.misses.filter(({ kind }) => kind !== 'aim' && kind !== 'unseen')).toEqual([]);
});
