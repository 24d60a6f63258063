import { expect, test } from 'vitest';
import type { Milliseconds } from '../base/duration.js';
import { scrapeTiming } from './timing.js';

interface Said {
  readonly rule?: readonly (Milliseconds | undefined)[];
  readonly interval?: string;
  readonly timeout?: string;
}

test.each<[Said, Milliseconds | undefined, Milliseconds | undefined, string[]]>([
  [{}, undefined, undefined, []],
  [{ rule: [60_000] }, 60_000, 10_000, []],
  [{ rule: [6000] }, 6000, 6000, []],
  [{ rule: [60_000, 20_000] }, 60_000, 20_000, []],
  [{ rule: [undefined, 20_000] }, undefined, undefined, []],
  [{ rule: [undefined, 20_000], interval: '30s' }, 30_000, 20_000, []],
  [{ rule: [60_000, 20_000], interval: '15s' }, 15_000, 15_000, []],
  [{ interval: '1m30s' }, 90_000, 10_000, []],
  [{ interval: '5s' }, 5000, 5000, []],
  [{ interval: '10m' }, 600_000, 10_000, []],
  [{ interval: '4s999ms' }, undefined, undefined, ['interval is "4s999ms", not between 5s and 10m']],
  [{ interval: '601s' }, undefined, undefined, ['interval is "601s", not between 5s and 10m']],
  [{ interval: '601s', rule: [60_000, 9000] }, 60_000, 9000, ['interval is "601s", not between 5s and 10m']],
  [{ interval: '30' }, undefined, undefined, ['interval is "30", no duration such as 1m30s']],
  [{ interval: '0s' }, undefined, undefined, ['interval is "0s", no duration such as 1m30s']],
  [{ interval: '', timeout: '' }, undefined, undefined, ['interval is "", no', 'timeout is "", no']],
  [{ interval: '30s', timeout: '30s' }, 30_000, 30_000, []],
  [{ interval: '30s', timeout: '31s' }, 30_000, 10_000, ['timeout is "31s", above the interval of 30s']],
  [{ interval: '30s', timeout: '0' }, 30_000, 10_000, ['timeout is "0", no duration']],
  [{ timeout: '5s' }, undefined, undefined, ['timeout is "5s", without an interval that counts']],
  [{ timeout: '5s', rule: [60_000, 20_000] }, 60_000, 5000, []],
  [{ timeout: '2m', rule: [60_000, 20_000] }, 60_000, 20_000, ['timeout is "2m", above the interval of 1m']],
  [{ interval: '1s', timeout: '2s' }, undefined, undefined, ['interval is "1s", not', 'timeout is "2s", without']],
])('%j', ({ rule = [], interval, timeout }, intervalMs, timeoutMs, ignored) => {
  expect(
    scrapeTiming({
      rule: { scrapeIntervalMs: rule[0], scrapeTimeoutMs: rule[1] },
      wishes: { scrapeInterval: interval, scrapeTimeout: timeout },
      intervalBoundsMs: { min: 5000, max: 600_000 },
    }),
  ).toEqual({
    intervalMs,
    timeoutMs,
    ignored: ignored.map((words) => expect.stringContaining(`annotation prometheus.io/scrape-${words}`)),
  });
});
