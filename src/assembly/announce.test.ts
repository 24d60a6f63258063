import { expect, test } from 'vitest';
import { recordedLog } from '../../test/support/foundation/recorded-log.js';
import { directoryOf } from '../../test/support/scrape/directory.js';
import { announceDirectory } from './announce.js';

test.each([
  [30, 30, undefined],
  [31, 30, 1],
  [5000, 30, 4970],
])('of %d new warnings the log holds %d, and how many are left', (count, told, rest) => {
  const logged = recordedLog();
  const warnings = Array.from({ length: count }, (_, number) => `warning ${number}`);
  const before = { ...directoryOf(), warnings: ['an old one'] };
  const next = { ...directoryOf(), warnings: ['an old one', ...warnings] };
  announceDirectory({ next, before, missing: new Set(), selectedInMs: 1 }, logged.log);
  expect(logged.lines.filter((line) => / warning \d+\n/.test(line))).toHaveLength(told);
  const more = logged.lines.filter((line) => line.includes('more warnings'));
  expect(more).toEqual(rest === undefined ? [] : [expect.stringContaining(`more=${rest} `)]);
});
