import type { Milliseconds } from '../base/duration.js';

/** Prometheus states its own patience in this header, in seconds, since 2.23. */
export const SCRAPE_TIMEOUT_HEADER = 'x-prometheus-scrape-timeout-seconds';

/** What has to be left for our answer to reach Prometheus before it gives up; blackbox_exporter keeps as much. */
const MARGIN_MS: Milliseconds = 500;

export interface TimeLimitOptions {
  /** Upper bound set by the operator; absent means that Prometheus alone decides. */
  readonly capMs: Milliseconds | undefined;
  /** Used when the caller states nothing, as curl does. */
  readonly defaultMs: Milliseconds;
}

/**
 * Time that one scrape may take, in milliseconds.
 *
 * A header that is no positive number counts as absent: a scrape must not fail because a proxy mangled it.
 * Half of very short grants is kept, since a full margin would leave nothing.
 */
export function timeLimit(header: string | undefined, options: TimeLimitOptions): Milliseconds {
  const grantedMs = Number(header) * 1000;
  if (!(grantedMs > 0)) return cap(options.defaultMs, options.capMs);
  return cap(Math.min(Math.max(grantedMs - MARGIN_MS, grantedMs / 2), LONGEST_MS), options.capMs);
}

/** An hour: no scrape is meant to take longer, and timers do not like infinity. */
const LONGEST_MS: Milliseconds = 3_600_000;

function cap(valueMs: Milliseconds, capMs: Milliseconds | undefined): Milliseconds {
  return capMs === undefined ? valueMs : Math.min(valueMs, capMs);
}
