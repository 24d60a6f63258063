import type { Milliseconds } from '../../src/base/duration.js';
import { type ApplicationFault, applicationFaults } from '../faults/application-faults.js';
import type { Change, Departure, FailedList, OddScrape, Strike } from './events.js';
import type { Starvation } from './starvation.js';

/** While the program was down: killed, and not listening again. */
export interface Downtime {
  readonly fromMs: Milliseconds;
  readonly untilMs: Milliseconds;
}

export interface History {
  readonly strikes: readonly Strike[];
  readonly changes: readonly Change[];
  readonly downtimes: readonly Downtime[];
  readonly odd: readonly OddScrape[];
  readonly departures: readonly Departure[];
  readonly failedLists: readonly FailedList[];
  /** Of the program, the caller and the foundation. */
  readonly starvations: readonly Starvation[];
}

export interface Reconciled {
  /** Odd scrapes by what explains them. */
  readonly causes: ReadonlyMap<string, number>;
  /** Faults that no scrape shows, since the request was repeated at once. */
  readonly healed: number;
  /** What nothing explains, each in words. */
  readonly misses: readonly string[];
}

/** Clocks count in milliseconds, and processes are told of moments a little later. */
const TOLERANCE_MS: Milliseconds = 5;
const NOT_LISTED = 404;
const FORGOTTEN = 'new since the inventory file was written, after a kill';
const PILED_UP_MS: Milliseconds = 3_000;

type Time = Pick<OddScrape, 'sentMs' | 'endedMs'>;

/** Finds for each odd scrape the fault, deployment or downtime behind it, by instance and time; and the other way round. */
export function reconcile(history: History): Reconciled {
  const faults = new Map(applicationFaults().map((fault) => [fault.name, fault]));
  const strikesOf = groupBy(history.strikes, ({ instance }) => instance);
  const changesOf = groupBy(history.changes, ({ app }) => app);
  const seen = new Set<Strike>();
  const causes = new Map<string, number>();
  const misses: string[] = [];

  function causeOf(scrape: OddScrape): string | undefined {
    if (scrape.strangers.length > 0) return undefined;
    const strikes = (strikesOf.get(scrape.instance) ?? []).filter(({ atMs }) => within(atMs, scrape));
    for (const strike of strikes) seen.add(strike);
    if (isDown(scrape.sentMs, scrape.endedMs)) return 'Promregator was down';
    const struck = strikes.find(({ fault }) => allows(faults.get(fault), scrape));
    if (struck !== undefined) return 'fault of the application';
    const change = changeOf('instances go', scrape.instance, scrape);
    if (scrape.status === NOT_LISTED && isForgotten(scrape.instance, scrape)) return FORGOTTEN;
    if (change !== undefined && scrape.status !== 200) return 'deployment';
    // Nothing more: what came is never wrong because the machine was busy.
    const isLate = scrape.status === 504 || scrape.ending === 'aborted';
    if (!isLate || !isStarved(scrape)) return undefined;
    return scrape.isSent ? 'late, since no processor was free' : 'not even sent, since no processor was free';
  }

  function changeOf(effect: Change['effect'], instance: string, time: Time): Change | undefined {
    const [app = '', index] = instance.split('/');
    return (changesOf.get(app) ?? []).find(
      (change) =>
        change.effect === effect &&
        change.fromIndex <= Number(index) &&
        Number(index) < change.toIndex &&
        change.fromMs <= time.endedMs + TOLERANCE_MS &&
        time.sentMs - TOLERANCE_MS <= (change.untilMs ?? Number.POSITIVE_INFINITY),
    );
  }

  /** The file lags behind the lists by some seconds, and a killed process knows no more than the file when it is back. */
  function isForgotten(instance: string, time: Time): boolean {
    const change = changeOf('instances come', instance, time);
    return history.downtimes.some(
      ({ fromMs, untilMs }) => change !== undefined && change.fromMs <= fromMs && untilMs <= time.endedMs,
    );
  }

  /** What has piled up meanwhile is worked off afterwards. */
  function isStarved({ sentMs, endedMs }: Time): boolean {
    return history.starvations.some(({ fromMs, untilMs }) => fromMs <= endedMs && sentMs <= untilMs + PILED_UP_MS);
  }

  function isDown(fromMs: Milliseconds, untilMs: Milliseconds): boolean {
    return history.downtimes.some((down) => down.fromMs <= untilMs && fromMs <= down.untilMs);
  }

  for (const scrape of history.odd) {
    const cause = causeOf(scrape);
    if (cause === undefined) misses.push(describeOdd(scrape, strikesOf.get(scrape.instance) ?? []));
    else causes.set(cause, (causes.get(cause) ?? 0) + 1);
  }
  for (const { instance, atMs } of history.departures) {
    const moment = { sentMs: atMs, endedMs: atMs };
    if (changeOf('instances go', instance, moment) === undefined && !isForgotten(instance, moment))
      misses.push(`${time(atMs)} ${instance} is listed no longer, and nothing happened to it`);
  }
  for (const { atMs, endedMs, isLate, reason } of history.failedLists) {
    const isExcused = isDown(atMs, endedMs) || (isLate && isStarved({ sentMs: atMs, endedMs }));
    if (!isExcused) misses.push(`${time(atMs)} /discovery gave no list: ${reason}`);
  }
  const unseen = history.strikes.filter((strike) => !seen.has(strike));
  for (const { instance, atMs, fault, askedAgain } of unseen) {
    // One that reached the application when its caller had left already.
    const isTooLate = isDown(atMs, atMs) || isStarved({ sentMs: atMs, endedMs: atMs });
    if (!askedAgain && !isTooLate) misses.push(`${time(atMs)} ${instance}: '${fault}' came out as a good scrape`);
  }
  return { causes, healed: unseen.filter(({ askedAgain }) => askedAgain).length, misses };
}

function within(atMs: Milliseconds, { sentMs, endedMs }: OddScrape): boolean {
  return atMs >= sentMs - TOLERANCE_MS && atMs <= endedMs + TOLERANCE_MS;
}

function allows(fault: ApplicationFault | undefined, { status, ending, hasMark }: OddScrape): boolean {
  if (fault === undefined) return false;
  const outcome = status === 200 && ending === 'broken' ? 'broken off' : String(status);
  const outcomes: readonly string[] = fault.outcomes;
  if (!outcomes.includes(outcome) || ending === 'aborted') return false;
  return status !== 200 || ending === 'broken' || fault.mark === 'none' || hasMark;
}

function describeOdd(scrape: OddScrape, strikes: readonly Strike[]): string {
  const near = strikes.filter((strike) => within(strike.atMs, scrape)).map(({ fault }) => fault);
  const after = near.length === 0 ? '' : ` after '${near.join(', ')}'`;
  const strangers = scrape.strangers.length === 0 ? '' : ` speaks of ${scrape.strangers.join(' ')}`;
  const took = scrape.endedMs - scrape.sentMs;
  const text = scrape.text.trim().split('\n')[0] ?? '';
  return `${time(scrape.sentMs)} ${scrape.instance}: ${scrape.status} ${scrape.ending} in ${took} ms${after}${strangers}: ${text}`;
}

function time(atMs: Milliseconds): string {
  return new Date(atMs).toISOString().slice(11, 23);
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
