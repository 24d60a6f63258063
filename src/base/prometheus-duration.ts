import type { Milliseconds } from './duration.js';

/** Largest first, as they have to be written. Weeks and years are written only where nothing remains, as Prometheus does. */
const UNITS: readonly { readonly name: string; readonly ms: Milliseconds; readonly written: 'always' | 'exact' }[] = [
  { name: 'y', ms: 365 * 24 * 3_600_000, written: 'exact' },
  { name: 'w', ms: 7 * 24 * 3_600_000, written: 'exact' },
  { name: 'd', ms: 24 * 3_600_000, written: 'always' },
  { name: 'h', ms: 3_600_000, written: 'always' },
  { name: 'm', ms: 60_000, written: 'always' },
  { name: 's', ms: 1000, written: 'always' },
  { name: 'ms', ms: 1, written: 'always' },
];

/** Each unit at most once, from big to small. */
const SYNTAX = new RegExp(`^${UNITS.map(({ name }) => `(?:(\\d+)${name})?`).join('')}$`);

/** Go counts nanoseconds in 64 bits. */
const LONGEST_MS: Milliseconds = 9_223_372_036_854;

/**
 * Reads a duration as Prometheus writes it: `15s`, `1m30s`, `1500ms` (facts/prometheus.md 1.4). Undefined for anything
 * else, such as `1.5s`, `15`, `30s1m` or one that Prometheus cannot hold. Alone, `0` needs no unit.
 */
export function parsePrometheusDuration(text: string): Milliseconds | undefined {
  if (text === '0') return 0;
  const match = text === '' ? null : SYNTAX.exec(text);
  if (match === null) return undefined;
  let sum: Milliseconds = 0;
  for (const [position, { ms }] of UNITS.entries()) sum += Number(match[position + 1] ?? 0) * ms;
  return sum <= LONGEST_MS ? sum : undefined;
}

/** Whole milliseconds as Prometheus writes them: `1m30s`; `0s` for nothing. What it reads is the same number again. */
export function formatPrometheusDuration(durationMs: Milliseconds): string {
  let rest = Math.round(durationMs);
  let text = '';
  for (const { name, ms, written } of UNITS) {
    if (rest < ms || (written === 'exact' && rest % ms !== 0)) continue;
    text += `${Math.floor(rest / ms)}${name}`;
    rest %= ms;
  }
  return text === '' ? '0s' : text;
}
