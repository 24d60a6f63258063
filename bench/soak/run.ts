import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seededRandom } from '../../simulator/random.js';
import type { Milliseconds } from '../../src/base/duration.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import type { Stage } from '../support/stage.js';
import { passTime } from '../support/wait.js';
import { type SteadyCaller, startSteadyCaller } from './caller.js';
import { takeCensus } from './census.js';
import type { CallerReport, Change, FoundationReport } from './events.js';
import { type Foundation, startFoundation } from './foundation.js';
import { createHeapProbe } from './heap.js';
import { type KillReport, startKiller } from './killer.js';
import { type Downtime, type History, type Reconciled, reconcile } from './reconcile.js';
import { createSampler, type Sample } from './samples.js';
import { type Starvation, type StarvationWatch, watchStarvation } from './starvation.js';
import { type Subject, startSubject } from './subject.js';

export interface SoakOptions {
  readonly minutes: number;
  readonly instances: number;
  /** Scrapes a second. */
  readonly rate: number;
  readonly kills: 'none' | 'random';
  readonly seed: number;
  /** Variables of the program under test. */
  readonly env: Readonly<Record<string, string>>;
  /** For files of the program under test. */
  readonly folder: string;
}

export interface SoakResult {
  readonly samples: readonly Sample[];
  readonly kills: readonly KillReport[];
  /** Minutes of the kills. */
  readonly marks: readonly number[];
  readonly scrapes: number;
  /** Lists that the caller was given. */
  readonly lists: number;
  readonly strikes: number;
  readonly changes: readonly Change[];
  readonly reconciled: Reconciled;
  /** All that speaks against the program, in words. */
  readonly misses: readonly string[];
  /** `promregator_scrapes_total` by result, of the last life. */
  readonly results: ReadonlyMap<string, number>;
  readonly censuses: number;
  readonly targets: number;
  readonly starvations: readonly Starvation[];
}

const SETTLE_MS: Milliseconds = 1_500;
const INSTANCES_PER_APPLICATION = 10;
/** 1 % of all requests. */
const FAULT_SHARE = 0.01;
const SAMPLE_EVERY_MS: Milliseconds = 5_000;
const LIST_EVERY_MS: Milliseconds = 5_000;
const LIST_WITHIN_MS: Milliseconds = 10_000;
/** Garbage is collected so often in a run, and no oftener than this: a full collection holds the program up. */
const COLLECTIONS = 40;
const SHORTEST_COLLECTION_MS: Milliseconds = 15_000;
/**
 * Lists are read every 10 s with a little spread, a pause between two readings, and the caller asks every 5 s; the rest is
 * for a machine that is busy. After that a deployment explains nothing any more.
 */
const GRACE_MS: Milliseconds = 30_000;

export async function runSoak(stage: Stage, options: SoakOptions): Promise<SoakResult> {
  const foundation = stage.add(
    await startFoundation({
      applications: Math.max(1, Math.round(options.instances / INSTANCES_PER_APPLICATION)),
      instances: Math.min(options.instances, INSTANCES_PER_APPLICATION),
      faultShare: FAULT_SHARE,
      seed: options.seed,
      graceMs: GRACE_MS,
    }),
  );
  const inventoryFolder = join(options.folder, 'inventory');
  mkdirSync(inventoryFolder, { recursive: true });
  const inventoryFile = join(inventoryFolder, 'inventory');
  const probe = createHeapProbe(options.folder);
  const subject = stage.add(
    await startSubject({ facts: foundation.facts, inventoryFile, env: { ...options.env, ...probe.env } }),
  );
  const intervalMs = (options.instances / options.rate) * 1000;
  const caller = stage.add(startSteadyCaller({ url: subject.url, intervalMs, listEveryMs: LIST_EVERY_MS }));
  const beganMs = Date.now();
  foundation.begin();
  const random = seededRandom(options.seed);
  const killer = options.kills === 'random' ? startKiller({ subject, inventoryFile, random }) : undefined;
  const watch = watchStarvation(() => [foundation.pid, caller.pid, subject.program?.pid ?? 0]);
  const gathering = createGathering(subject, foundation, watch);
  const sampler = createSampler(probe, watch);
  const samples: Sample[] = [];
  const untilMs = performance.now() + options.minutes * 60_000;
  const collectEveryMs = Math.max(SHORTEST_COLLECTION_MS, (options.minutes * 60_000) / COLLECTIONS);
  let collectedMs = performance.now();
  for (let number = 1; performance.now() < untilMs; number += 1) {
    await passTime(SAMPLE_EVERY_MS);
    const report = await caller.report();
    gathering.add(report, number % 3 === 0 ? await gathering.compare() : await foundation.report());
    const death = subject.deathWords();
    if (death !== undefined) {
      gathering.blame(`the program has ended by itself:\n${death}`);
      break;
    }
    const { program } = subject;
    if (program === undefined) continue;
    const isDue = performance.now() - collectedMs >= collectEveryMs;
    if (isDue) collectedMs = performance.now();
    // A kill comes when it likes.
    const sample = await sampler.take(program, report, isDue ? 'collect' : 'leave').catch(rethrowOfTheLiving(subject));
    if (sample !== undefined) samples.push(sample);
  }
  await killer?.stop();
  watch.stop();
  return await conclude({
    options,
    beganMs,
    subject,
    foundation,
    caller,
    gathering,
    samples,
    kills: killer?.reports ?? [],
    inventoryFile,
  });
}

function rethrowOfTheLiving(subject: Subject): (error: unknown) => undefined {
  const asked = subject.program;
  return (error) => {
    if (subject.program !== undefined && subject.program === asked) throw error;
    return undefined;
  };
}

interface Gathering {
  readonly history: History;
  readonly blames: readonly string[];
  readonly scrapes: number;
  readonly lists: number;
  readonly censuses: number;
  readonly targets: number;
  add(caller: CallerReport, foundation: FoundationReport): void;
  /** Holds the list of targets against what is there. */
  compare(): Promise<FoundationReport>;
  blame(sentence: string): void;
}

function createGathering(subject: Subject, foundation: Foundation, watch: StarvationWatch): Gathering {
  const changes = new Map<number, Change>();
  const parts = { strikes: [] as FoundationReport['strikes'][number][], odd: [] as CallerReport['odd'][number][] };
  const departures: CallerReport['departures'][number][] = [];
  const failedLists: CallerReport['failedLists'][number][] = [];
  const blames: string[] = [];
  const counts = { scrapes: 0, lists: 0, censuses: 0, targets: 0 };
  const downtimes: readonly Downtime[] = subject.downtimes;

  function noteFoundation(report: FoundationReport): void {
    for (const change of report.changes) changes.set(change.id, change);
    for (const strike of report.strikes) parts.strikes.push(strike);
  }

  return {
    get history() {
      return {
        strikes: parts.strikes,
        changes: [...changes.values()],
        downtimes,
        odd: parts.odd,
        departures,
        failedLists,
        starvations: watch.starvations,
      };
    },
    blames,
    get scrapes() {
      return counts.scrapes;
    },
    get lists() {
      return counts.lists;
    },
    get censuses() {
      return counts.censuses;
    },
    get targets() {
      return counts.targets;
    },
    add(caller, report) {
      // One by one: a call takes no hundred thousand arguments, and a machine that is too busy gives as many.
      for (const scrape of caller.odd) parts.odd.push(scrape);
      for (const departure of caller.departures) departures.push(departure);
      failedLists.push(...caller.failedLists);
      counts.scrapes += caller.scrapes;
      counts.lists += caller.lists;
      counts.targets = caller.targets;
      noteFoundation(report);
    },
    async compare() {
      const listed = await listedInstances(subject);
      const report = await foundation.report();
      if (listed === undefined) return report;
      const now = Date.now();
      const all = new Map([...changes, ...report.changes.map((change) => [change.id, change] as const)]);
      const open = [...all.values()].filter(({ untilMs }) => untilMs === undefined || untilMs > now);
      const excused = new Set(open.map(({ app }) => app));
      blames.push(...takeCensus({ standing: report.standing, listed, quietMs: GRACE_MS, excused }));
      counts.censuses += 1;
      return report;
    },
    blame: (sentence) => void blames.push(sentence),
  };
}

/** Undefined while the program is down. */
async function listedInstances({ program }: Subject): Promise<ReadonlySet<string> | undefined> {
  if (program === undefined) return undefined;
  try {
    const answer = await fetch(`${program.url}/discovery`, { signal: AbortSignal.timeout(LIST_WITHIN_MS) });
    const groups: { labels: Record<string, string> }[] = JSON.parse(await answer.text());
    const paths = groups.map(({ labels }) => labels['__metrics_path__'] ?? '');
    return new Set(paths.map((path) => path.split('/').slice(-2).join('/')));
  } catch {
    // Killed meanwhile; the caller tells of a list that fails or comes late otherwise.
    return undefined;
  }
}

interface Ending {
  readonly options: SoakOptions;
  readonly beganMs: Milliseconds;
  readonly subject: Subject;
  readonly foundation: Foundation;
  readonly caller: SteadyCaller;
  readonly gathering: Gathering;
  readonly samples: readonly Sample[];
  readonly kills: readonly KillReport[];
  readonly inventoryFile: string;
}

async function conclude(ending: Ending): Promise<SoakResult> {
  const { beganMs, subject, foundation, caller, gathering, samples, kills, inventoryFile } = ending;
  const last = await caller.end();
  // Strikes are told when a repetition could have come.
  await passTime(SETTLE_MS);
  gathering.add(last, await foundation.report());
  const { program } = subject;
  const metrics = program === undefined ? undefined : await readOwnMetrics(program);
  const series = metrics?.series('promregator_scrapes_total') ?? new Map<string, number>();
  const results = new Map([...series].map(([labels, value]) => [/"(.*)"/.exec(labels)?.[1] ?? labels, value]));
  const held = metrics?.sum('promregator_buffered_bytes') ?? 0;
  await subject.stop();
  const { history } = gathering;
  const reconciled = reconcile(history);
  const leftovers = readdirSync(join(inventoryFile, '..')).filter((name) => name !== basename(inventoryFile));
  return {
    samples,
    kills,
    marks: history.downtimes.map(({ fromMs }) => (fromMs - beganMs) / 60_000),
    scrapes: gathering.scrapes,
    lists: gathering.lists,
    strikes: history.strikes.length,
    changes: history.changes,
    reconciled,
    misses: [
      ...reconciled.misses,
      ...gathering.blames,
      ...(held > 0 ? [`${held} bytes count as held when all is over`] : []),
      ...(leftovers.length > 0 ? [`left beside the inventory: ${leftovers.join(', ')}`] : []),
    ],
    results,
    censuses: gathering.censuses,
    targets: gathering.targets,
    starvations: history.starvations,
  };
}
