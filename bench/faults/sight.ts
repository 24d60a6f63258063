import { readOwnMetrics } from '../support/own-metrics.js';
import type { LogLine, Program } from '../support/program.js';
import type { Miss } from './row.js';

/** Series that say that something is wrong, by name and labels; without those that are 0. */
export type Troubles = ReadonlyMap<string, number>;

/** What an operator sees of a fault. */
export interface Sight {
  /** Series that grew, with the amount. */
  readonly metrics: readonly string[];
  /** Messages in the log that speak of trouble, with how often each came. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Counters of which every result but success is a trouble. */
const BY_RESULT = [
  'promregator_inventory_refreshes_total',
  'promregator_cf_requests_total',
  'promregator_token_requests_total',
  'promregator_inventory_shrinks_total',
  'promregator_scrapes_total',
];
const SCALARS = ['promregator_inventory_dropped_elements_total', 'promregator_cf_request_pause_seconds'];

/** Below WARN: what was borne without a failure. */
const BORNE = [
  'the API refuses our token, asking for another',
  'the refresh token is no longer accepted, logging in anew',
  'Cloud Foundry says another address or version than before',
  'some lists lack what others name, reading them again before they count',
  'a scrape failed',
];

/** One fault is a line for the way that it takes at each of the parts that meet it; a few lists may meet it in turn. */
const MOST_LINES = 8;
/** A fault that ends and comes again is told again. */
const MOST_OF_ONE = 4;

export async function readTroubles(program: Program): Promise<Troubles> {
  const metrics = await readOwnMetrics(program);
  const found = new Map<string, number>();
  for (const name of [...BY_RESULT, ...SCALARS]) {
    for (const [labels, value] of metrics.series(name)) {
      if (value > 0 && !/result="(success|caller_gone)"/.test(labels)) found.set(`${name}${labels}`, value);
    }
  }
  return found;
}

export interface Looked {
  readonly before: Troubles;
  readonly after: Troubles;
  /** Since the fault began. */
  readonly log: readonly LogLine[];
}

export function sightOf({ before, after, log }: Looked): Sight {
  const metrics = [...after]
    .filter(([series, value]) => value > (before.get(series) ?? 0))
    .map(([series, value]) => `${series} +${value - (before.get(series) ?? 0)}`);
  const lines = new Map<string, number>();
  for (const { level, message } of log) {
    if (/warn|error/i.test(level) || BORNE.includes(message)) lines.set(message, (lines.get(message) ?? 0) + 1);
  }
  return { metrics, lines };
}

/** @param unseen why there is nothing to see */
export function judgeSight({ metrics, lines }: Sight, unseen: string | undefined): Miss[] {
  const misses: Miss[] = [];
  const miss = (sentence: string): void => void misses.push({ kind: 'unseen', sentence });
  if (unseen === undefined && metrics.length === 0) miss('no metric shows it');
  if (unseen === undefined && lines.size === 0) miss('no line of the log shows it');
  if (countOf(lines) > MOST_LINES) miss(`${countOf(lines)} lines in the log`);
  for (const [message, times] of lines) if (times > MOST_OF_ONE) miss(`told ${times} times: ${message}`);
  return misses;
}

export function describeSight({ metrics, lines }: Sight, unseen: string | undefined): string {
  if (metrics.length === 0 && lines.size === 0) return `seen: nothing${unseen === undefined ? '' : ` (${unseen})`}`;
  return `seen in ${metrics.length} series and ${countOf(lines)} lines`;
}

function countOf(lines: ReadonlyMap<string, number>): number {
  return [...lines.values()].reduce((sum, times) => sum + times, 0);
}
