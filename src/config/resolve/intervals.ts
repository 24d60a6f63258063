import type { Milliseconds } from '../../base/duration.js';
import { parsePrometheusDuration } from '../../base/prometheus-duration.js';
import type { Rule, ScrapingConfig } from '../config.js';
import type { Path } from '../path.js';
import { quote, type Reporter } from '../report.js';

interface RawIntervals {
  readonly scrapeInterval?: string | undefined;
  readonly scrapeTimeout?: string | undefined;
}

/** What a rule asks of Prometheus, within the operator's bounds. What does not fit is reported and left out. */
export function resolveIntervals(
  raw: RawIntervals,
  path: Path,
  bounds: ScrapingConfig['intervalBoundsMs'],
  reporter: Reporter,
): Pick<Rule, 'scrapeIntervalMs' | 'scrapeTimeoutMs'> {
  const intervalMs = readDuration(raw.scrapeInterval, [...path, 'scrapeInterval'], reporter);
  const timeoutMs = readDuration(raw.scrapeTimeout, [...path, 'scrapeTimeout'], reporter);
  if (intervalMs !== undefined && (intervalMs < bounds.min || intervalMs > bounds.max)) {
    reporter.error([...path, 'scrapeInterval'], {
      found: quote(raw.scrapeInterval ?? ''),
      expected: `${bounds.min / 1000} s to ${bounds.max / 1000} s (promregator.scraping.intervalBounds)`,
    });
  }
  checkTimeout(raw, { intervalMs, timeoutMs }, [...path, 'scrapeTimeout'], reporter);
  return { scrapeIntervalMs: intervalMs, scrapeTimeoutMs: timeoutMs };
}

/** Prometheus refuses a target whose time-out is above its interval, which may be any if the rule names none. */
function checkTimeout(
  raw: RawIntervals,
  {
    intervalMs,
    timeoutMs,
  }: { readonly intervalMs: Milliseconds | undefined; readonly timeoutMs: Milliseconds | undefined },
  path: Path,
  reporter: Reporter,
): void {
  if (timeoutMs === undefined) return;
  const found = quote(raw.scrapeTimeout ?? '');
  if (timeoutMs === 0) reporter.error(path, { found, expected: 'more than nothing' });
  else if (raw.scrapeInterval === undefined) {
    const expected = 'a scrapeInterval beside it, which it must not exceed';
    reporter.error(path, { found: `${found} alone`, expected });
  } else if (intervalMs !== undefined && timeoutMs > intervalMs) {
    const expected = `at most the scrapeInterval (${quote(raw.scrapeInterval)})`;
    reporter.error(path, { found, expected });
  }
}

/** `1m30s` as Prometheus writes it, or a number of seconds. */
function readDuration(text: string | undefined, path: Path, reporter: Reporter): Milliseconds | undefined {
  if (text === undefined) return undefined;
  const trimmed = text.trim();
  const durationMs = /^\d{1,9}(?:\.\d+)?$/.test(trimmed)
    ? Math.round(Number(trimmed) * 1000)
    : parsePrometheusDuration(trimmed);
  if (durationMs === undefined) {
    const expected = 'a duration such as 30s, 1m30s or 500ms, or a number of seconds';
    reporter.error(path, { found: quote(text), expected });
  }
  return durationMs;
}
