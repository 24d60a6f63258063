import type { Milliseconds } from '../../src/base/duration.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import type { LogLine, Program } from '../support/program.js';
import { onStage } from '../support/stage.js';
import { passTime, waitFor } from '../support/wait.js';
import { type Changes, isWhole, planChanges } from './changes.js';
import { type Lab, openLab, REQUESTS_PER_ROUND, type Scheme } from './lab.js';
import type { Miss, Pace, Row, RowResult, Surrounding } from './row.js';
import { describeSight, judgeSight, readTroubles, type Sight, sightOf, type Troubles } from './sight.js';
import { describeTally, startWatch, type Watch } from './watch.js';

/** When a fault of Cloud Foundry begins. */
export type Phase = 'first listing' | 'normal operation' | 'mid-paging' | 'token renewal';

export const PHASES: readonly Phase[] = ['first listing', 'normal operation', 'mid-paging', 'token renewal'];

/** Why connections have no middle of paging. */
export const KEPT_OPEN = 'what is open stays; a new connection is needed, as in normal operation';
export const NO_PAGES = 'tokens have no pages';

export interface PlatformFault {
  readonly name: string;
  /** Why there is nothing to see in a phase. */
  readonly senseless?: Partial<Readonly<Record<Phase, string>>>;
  /** Of API and UAA; absent: https. */
  readonly scheme?: Scheme;
  /** The fault outlives the row, or what ends it takes longer; the row looks only at what is lost and asked. */
  readonly fresh?: 'awaited' | 'not awaited';
  /** How long the row waits for a fresh list; absent: `PATIENCE_MS`. */
  readonly patienceMs?: Milliseconds;
  /** Until a request that is under way at the end of the fault has ended by its own limit; absent: at once. */
  readonly underWayMs?: Milliseconds;
  /** Requests that it costs by itself, beside those of normal operation. */
  readonly furtherRequests?: (pace: Pace) => number;
  /** Why an operator has nothing to see, by phase or in all. */
  readonly unseen?: string | Partial<Readonly<Record<Phase, string>>>;
  /** What is known to keep it from its aim. */
  readonly because?: string;
  begin(lab: Lab, phase: Phase): void | Promise<void>;
  end(lab: Lab, phase: Phase): void | Promise<void>;
}

/** Reading 15 pages, beside others on a busy machine. */
const READING_MS: Milliseconds = 2_000;
const PATIENCE_MS: Milliseconds = 12_000;
/** A token, the 401 of each list that asked with the old one, and what began before the counting. */
const FURTHER_REQUESTS = 10;
const START_WITHIN_MS: Milliseconds = 20_000;

/** The longest that a failed list waits: the interval, since that is shorter than a minute, and half as much again. */
function longestBackoffMs({ refreshMs, backoffMs }: Pace): Milliseconds {
  return Math.max(refreshMs, backoffMs) * 1.5;
}

export function platformRow(fault: PlatformFault, phase: Phase): Row {
  const senseless = fault.senseless?.[phase];
  return {
    name: `${fault.name} · ${phase}`,
    company: 'any',
    ...(senseless === undefined ? {} : { senseless }),
    run: (surrounding) =>
      onStage(async (stage) => {
        const lab = await openLab(stage, surrounding, { scheme: fault.scheme ?? 'https' });
        return await (phase === 'first listing' ? runAtFirst : runLater)(lab, { fault, phase, surrounding });
      }),
  };
}

interface Trial {
  readonly fault: PlatformFault;
  readonly phase: Phase;
  readonly surrounding: Surrounding;
}

async function runAtFirst(lab: Lab, trial: Trial): Promise<RowResult> {
  const { fault, phase, surrounding } = trial;
  const changes = planChanges(lab);
  await fault.begin(lab, phase);
  const program = await lab.start();
  const watch = lab.stage.add(startWatch({ program, required: changes.required }));
  const during = await hold(lab, program, surrounding.pace, changes);
  await fault.end(lab, phase);
  const freshMs = await untilFresh(watch, changes, fault);
  const usual = freshMs === undefined ? undefined : await countUsual(lab, program, surrounding.pace);
  const sight = sightOf({ before: NO_TROUBLES, after: await readTroubles(program), log: program.log() });
  return judge(trial, { watch, during, usual, freshMs, sight, log: program.log() });
}

async function runLater(lab: Lab, trial: Trial): Promise<RowResult> {
  const { fault, phase, surrounding } = trial;
  const changes = planChanges(lab);
  const program = await lab.start();
  const watch = lab.stage.add(startWatch({ program, required: changes.required }));
  await waitFor(() => (isWhole(watch.listed, changes.required()) ? true : undefined), {
    withinMs: START_WITHIN_MS,
    everyMs: 50,
    what: () => `the first list; ${describeLog(program.log()).join('; ')}`,
  });
  const usual = await countUsual(lab, program, surrounding.pace);
  const linesBefore = program.log().length;
  const before = await readTroubles(program);
  await fault.begin(lab, phase);
  if (phase === 'token renewal') lab.simulator.uaa.tokens.expireAccess();
  const during = await hold(lab, program, surrounding.pace, changes);
  await fault.end(lab, phase);
  const freshMs = await untilFresh(watch, changes, fault);
  const log = program.log().slice(linesBefore);
  const sight = sightOf({ before, after: await readTroubles(program), log });
  return judge(trial, { watch, during, usual, freshMs, sight, log });
}

interface Counted {
  readonly requests: number;
  readonly ms: Milliseconds;
  /** Readings of the organizations, which are one page: one in each round. */
  readonly rounds: number;
  readonly metrics: string;
}

async function hold(lab: Lab, program: Program, { holdMs }: Pace, changes: Changes): Promise<Counted> {
  const half = passTime(holdMs / 2).then(changes.make);
  const counted = await count(lab, program, holdMs);
  await half;
  return counted;
}

/** Two intervals. */
async function countUsual(lab: Lab, program: Program, { refreshMs }: Pace): Promise<Counted> {
  return await count(lab, program, 2 * refreshMs);
}

/** By the foundation, and by the program where requests do not get so far. */
async function count(lab: Lab, program: Program, ms: Milliseconds): Promise<Counted> {
  const { requests } = lab.simulator;
  const arrived = (): number => requests.total() - requests.count('scrape');
  const told = async (): Promise<number> => {
    const metrics = await readOwnMetrics(program);
    return metrics.sum('promregator_cf_requests_total') + metrics.sum('promregator_token_requests_total');
  };
  const before = { arrived: arrived(), told: await told(), rounds: requests.count('organizations') };
  await passTime(ms);
  const now = { arrived: arrived(), told: await told(), rounds: requests.count('organizations') };
  return {
    requests: Math.max(now.arrived - before.arrived, now.told - before.told),
    ms,
    rounds: now.rounds - before.rounds,
    metrics: await describeMetrics(program),
  };
}

async function untilFresh(watch: Watch, changes: Changes, fault: PlatformFault): Promise<Milliseconds | undefined> {
  if (fault.fresh === 'not awaited') return undefined;
  const startedAt = performance.now();
  const deadline = startedAt + (fault.patienceMs ?? PATIENCE_MS);
  while (performance.now() < deadline) {
    const expected = changes.expected();
    if (expected !== undefined && isWhole(watch.listed, expected)) return performance.now() - startedAt;
    await passTime(20);
  }
  return undefined;
}

interface Evidence {
  readonly watch: Watch;
  readonly during: Counted;
  readonly usual: Counted | undefined;
  readonly freshMs: Milliseconds | undefined;
  readonly sight: Sight;
  readonly log: readonly LogLine[];
}

const NO_TROUBLES: Troubles = new Map();

function unseenBecause({ fault, phase }: Trial): string | undefined {
  return typeof fault.unseen === 'object' ? fault.unseen[phase] : fault.unseen;
}

function judge(trial: Trial, { watch, during, usual, freshMs, sight, log }: Evidence): RowResult {
  const { fault, surrounding } = trial;
  const { pace } = surrounding;
  const aimMs = (fault.underWayMs ?? 0) + longestBackoffMs(pace) + READING_MS;
  const further = FURTHER_REQUESTS + (fault.furtherRequests?.(pace) ?? 0);
  const allowed = usual === undefined ? undefined : allowedRequests(during, usual, pace) + further;
  const misses: Miss[] = [...judgeSight(sight, unseenBecause(trial))];
  if (watch.mostLost > 0) misses.push({ kind: 'lost', sentence: `${watch.mostLost} targets lost` });
  if (fault.fresh !== 'not awaited' && (freshMs === undefined || freshMs > aimMs)) {
    const sentence = `fresh after ${describeMs(freshMs, fault)}, aim ${seconds(aimMs)}`;
    misses.push({ kind: freshMs === undefined ? 'stale' : 'aim', sentence });
  }
  if (allowed !== undefined && during.requests > allowed) {
    misses.push({ kind: 'aim', sentence: `${during.requests} requests during it, normally at most ${allowed}` });
  }
  if (watch.leftRotation) misses.push({ kind: 'aim', sentence: '/-/ready turned' });
  if ([...watch.healthy.keys()].some((status) => status !== '200')) {
    misses.push({ kind: 'aim', sentence: `/-/healthy: ${describeTally(watch.healthy)}` });
  }
  if ([...watch.scrapes.keys()].some((status) => status !== '200')) {
    misses.push({ kind: 'lost', sentence: `scrapes failed: ${describeTally(watch.scrapes)}` });
  }
  return {
    figures: [
      `lost ${watch.mostLost}`,
      fault.fresh === 'not awaited'
        ? 'fresh: not awaited'
        : `fresh ${describeMs(freshMs, fault)} (aim ${seconds(aimMs)})`,
      `requests ${during.requests} in ${seconds(during.ms)} (normal ${usual === undefined ? 'unknown' : `${usual.requests} in ${seconds(usual.ms)}`})`,
      `/discovery ${describeTally(watch.discovery)}`,
      `/-/ready ${describeTally(watch.ready)}`,
      `scrapes ${describeTally(watch.scrapes)}`,
      describeSight(sight, unseenBecause(trial)),
    ],
    said: [`metrics: ${during.metrics}`, ...describeLog(log)],
    misses:
      fault.because === undefined
        ? misses
        : misses.map((miss) => ({ ...miss, sentence: `${miss.sentence}: ${fault.because}` })),
  };
}

/** As many rounds as may fall into the time, each of the size that it normally has. */
function allowedRequests(during: Counted, usual: Counted, { refreshMs }: Pace): number {
  // A window may cut a round in two, so that it seems small.
  const perRound = Math.max(REQUESTS_PER_ROUND, usual.requests / Math.max(1, usual.rounds));
  return Math.ceil(perRound * (Math.floor(during.ms / (refreshMs * 0.95)) + 1));
}

function describeMs(ms: Milliseconds | undefined, { patienceMs = PATIENCE_MS }: PlatformFault): string {
  return ms === undefined ? `more than ${seconds(patienceMs)}` : seconds(ms);
}

function seconds(ms: Milliseconds): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** The series by which an operator would see that something is wrong. */
async function describeMetrics(program: Program): Promise<string> {
  const metrics = await readOwnMetrics(program);
  const failed = [...metrics.series('promregator_inventory_refreshes_total')]
    .filter(([labels, value]) => labels.includes('failure') && value > 0)
    .map(([labels, value]) => `${/kind="(\w+)"/.exec(labels)?.[1]} ${value}`);
  const results = [...metrics.series('promregator_cf_requests_total')].reduce((sums, [labels, value]) => {
    const result = /result="(\w+)"/.exec(labels)?.[1] ?? '';
    return sums.set(result, (sums.get(result) ?? 0) + value);
  }, new Map<string, number>());
  const tokens = [...metrics.series('promregator_token_requests_total')].map(
    ([labels, value]) => `${/grant="(\w+)"/.exec(labels)?.[1]} ${/result="(\w+)"/.exec(labels)?.[1]} ${value}`,
  );
  const ages = [...metrics.series('promregator_inventory_age_seconds').values()];
  const oldest = ages.length === 0 ? 'none read' : `${Math.max(...ages).toFixed(1)} s`;
  const requests = [...results].filter(([, value]) => value > 0).map(([result, value]) => `${result} ${value}`);
  return `failed lists: ${failed.join(', ') || 'none'}; requests: ${requests.join(', ') || 'none'}; tokens: ${tokens.join(', ') || 'none'}; oldest list: ${oldest}`;
}

const MOST_LINES = 3;
const MOST_LINE_LENGTH = 260;

/** Lines at WARN and above, equal ones once with their number. */
function describeLog(log: readonly LogLine[]): string[] {
  const counts = new Map<string, { readonly line: LogLine; times: number }>();
  for (const line of log) {
    if (!/warn|error/i.test(line.level)) continue;
    const entry = counts.get(line.message);
    if (entry === undefined) counts.set(line.message, { line, times: 1 });
    else entry.times += 1;
  }
  const lines = [...counts.values()].slice(0, MOST_LINES).map(({ line, times }) => {
    const { level, message, kind, error } = line;
    const words = typeof error === 'string' ? error : JSON.stringify(error ?? '');
    return `log: ${level} ×${times} ${message}${kind === undefined ? '' : ` (${kind})`}: ${words}`.slice(
      0,
      MOST_LINE_LENGTH,
    );
  });
  return lines.length === 0 ? ['log: nothing at WARN or above'] : lines;
}
