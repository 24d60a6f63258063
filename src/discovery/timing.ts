import type { Milliseconds } from '../base/duration.js';
import { formatPrometheusDuration, parsePrometheusDuration } from '../base/prometheus-duration.js';
import { quote, SCRAPE_INTERVAL, SCRAPE_TIMEOUT, type ScrapeWishes } from './annotations.js';
import type { Rule } from './rules.js';

export interface TimingOptions {
  readonly rule: Pick<Rule, 'scrapeIntervalMs' | 'scrapeTimeoutMs'>;
  readonly wishes: Pick<ScrapeWishes, 'scrapeInterval' | 'scrapeTimeout'>;
  /** What the operator lets tenants choose from. */
  readonly intervalBoundsMs: IntervalBounds;
}

export interface IntervalBounds {
  readonly min: Milliseconds;
  readonly max: Milliseconds;
}

/** When Prometheus shall scrape. Both are set or neither: then its own job decides. */
export interface Timing {
  readonly intervalMs: Milliseconds | undefined;
  readonly timeoutMs: Milliseconds | undefined;
  /** Why wishes are not honoured, in words. */
  readonly ignored: readonly string[];
}

/** Prometheus's own time-out where nobody says anything. */
const USUAL_TIMEOUT_MS: Milliseconds = 10_000;

const PROMETHEUS_DECIDES: Timing = { intervalMs: undefined, timeoutMs: undefined, ignored: [] };

/**
 * Interval and time-out out of what the rule says and what the application wishes, each wish by itself. Prometheus drops
 * a target whose time-out is above its interval (facts/prometheus.md 1.4), be it that of its own job, so an interval
 * never goes without a time-out: the rule's, else its usual 10 s, cut to the interval.
 */
export function scrapeTiming({ rule, wishes, intervalBoundsMs }: TimingOptions): Timing {
  const { scrapeInterval, scrapeTimeout } = wishes;
  if (scrapeInterval === undefined && scrapeTimeout === undefined && rule.scrapeIntervalMs === undefined) {
    return PROMETHEUS_DECIDES;
  }
  const ignored: string[] = [];
  function accept(key: string, text: string | undefined, refuse: (ms: Milliseconds) => string | undefined) {
    if (text === undefined) return undefined;
    const ms = parsePrometheusDuration(text);
    const reason = ms === undefined || ms === 0 ? 'no duration such as 1m30s' : refuse(ms);
    if (reason === undefined) return ms;
    ignored.push(`annotation ${key} is ${quote(text)}, ${reason}`);
    return undefined;
  }
  const { min, max } = intervalBoundsMs;
  const wished = accept(SCRAPE_INTERVAL, scrapeInterval, (ms) => {
    if (ms >= min && ms <= max) return undefined;
    return `not between ${formatPrometheusDuration(min)} and ${formatPrometheusDuration(max)}`;
  });
  const intervalMs = wished ?? rule.scrapeIntervalMs;
  const timeoutMs = accept(SCRAPE_TIMEOUT, scrapeTimeout, (ms) => {
    if (intervalMs === undefined) return 'without an interval that counts';
    return ms > intervalMs ? `above the interval of ${formatPrometheusDuration(intervalMs)}` : undefined;
  });
  if (intervalMs === undefined) return { intervalMs, timeoutMs: undefined, ignored };
  return {
    intervalMs,
    timeoutMs: timeoutMs ?? Math.min(rule.scrapeTimeoutMs ?? USUAL_TIMEOUT_MS, intervalMs),
    ignored,
  };
}
