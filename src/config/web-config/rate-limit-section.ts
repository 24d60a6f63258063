import type { Milliseconds } from '../../base/duration.js';
import { quote } from '../report.js';
import type { Section } from './section.js';

export interface WebRateLimit {
  /** Time after which one more request may come. */
  readonly intervalMs: Milliseconds;
  readonly burst: number;
}

/** Undefined without an interval, as exporter-toolkit has it. */
export function readRateLimit(section: Section): WebRateLimit | undefined {
  const { path, reporter } = section;
  const interval = section.text('interval');
  const burst = section.text('burst');
  if (section.isEmpty) return undefined;
  const intervalMs = interval === undefined ? 0 : parseGoDuration(interval);
  if (intervalMs === undefined) {
    reporter.error([...path, 'interval'], { found: quote(interval ?? ''), expected: 'a duration such as 1s or 100ms' });
  }
  const count = burst === undefined ? 0 : Number(burst);
  if (burst !== undefined && !/^\d{1,9}$/.test(burst)) {
    reporter.error([...path, 'burst'], { found: quote(burst), expected: 'a whole number' });
    return undefined;
  }
  if (intervalMs === undefined || intervalMs === 0) return undefined;
  if (count === 0) {
    // Go's limiter would refuse every request.
    const expected = 'how many requests may come at once, at least 1';
    reporter.error([...path, 'burst'], { found: burst === undefined ? 'nothing' : '0', expected });
    return undefined;
  }
  return { intervalMs, burst: count };
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** `1.5s`, `1m30s`: Go's `time.ParseDuration`, without its sign. Undefined for anything else. */
function parseGoDuration(text: string): Milliseconds | undefined {
  if (text === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number, unit = ''] of text.matchAll(/([\d.]+)([a-zµμ]+)/g))
    sum += Number(number) * (UNITS_MS[unit] ?? 0);
  return sum;
}
