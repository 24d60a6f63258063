import type { Milliseconds } from '../../src/base/duration.js';
import { configFor } from '../support/config.js';
import { untilDiscovered } from '../support/discovered.js';
import { instancesIn } from '../support/identity.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import { type Program, startProgram } from '../support/program.js';
import { type SimulatorProcess, startSimulatorProcess } from '../support/simulator-process.js';
import { onStage, type Stage } from '../support/stage.js';
import { quantile } from '../support/statistics.js';
import { passTime } from '../support/wait.js';
import type { Miss, Row, RowResult, Surrounding } from './row.js';
import { createScrapeClient, type ScrapeAnswer, type ScrapeClient } from './scrape-client.js';

const APPLICATIONS = 60;
const INSTANCES = 5;
/** One in five. */
const HANGING_APPLICATIONS = 12;
const INTERVAL_MS: Milliseconds = 1_000;
const GRANTED_SECONDS = 2;
const LIMIT_MS: Milliseconds = 1_500;
/** A timer, an answer's way, a busy machine. */
const LATE_MS: Milliseconds = 500;
const MOST_RATIO = 2;
const WINDOWS = 3;
const MOST_MEGABYTES = 64;

const CONCURRENCY = 64;
const ABORTED_SHARE = 0.1;
const LATEST_ABORT_MS: Milliseconds = 6;

const HOUR = { application: 3_600, route: 3_600, process: 3_600 };

/** What many instances at once show: each wants the machine for itself. */
export function loadRows(): readonly Row[] {
  return [
    {
      name: 'load: one in five applications hangs',
      company: 'alone',
      run: (surrounding) => onStage((stage) => runHanging(stage, surrounding)),
    },
    {
      name: 'load: every instance is told apart',
      company: 'alone',
      run: (surrounding) => onStage((stage) => runTellingApart(stage, surrounding)),
    },
  ];
}

interface Crowd {
  readonly simulator: SimulatorProcess;
  readonly program: Program;
  readonly paths: readonly string[];
}

async function gather(stage: Stage, { main }: Surrounding, scraping: object = {}): Promise<Crowd> {
  const simulator = stage.add(
    await startSimulatorProcess({ organizations: 3, spaces: 5, applications: APPLICATIONS, instances: INSTANCES }),
  );
  const config = configFor(simulator, { targets: [{ protocol: 'http' }], scraping, cf: { cache: { timeout: HOUR } } });
  const program = stage.add(await startProgram({ config, main }));
  const { paths } = await untilDiscovered(program);
  return { simulator, program, paths };
}

async function runHanging(stage: Stage, surrounding: Surrounding): Promise<RowResult> {
  const { simulator, program, paths } = await gather(stage, surrounding);
  const apps = [...new Set(paths.map(guidOf))];
  const hanging = new Set(apps.filter((_, index) => index % (APPLICATIONS / HANGING_APPLICATIONS) === 0));
  const client = createScrapeClient();
  const measure = (ms: Milliseconds): Promise<Measured> => scrapeSteadily({ client, program, paths, ms, hanging });
  await measure(surrounding.pace.measuredMs / 2);
  const before = program.usage().residentBytes;
  const normal: Measured[] = [];
  const troubled: Measured[] = [];
  for (let window = 0; window < WINDOWS; window += 1) {
    normal.push(await measure(surrounding.pace.measuredMs / WINDOWS));
    for (const [index, app] of [...hanging].entries()) {
      await addFault(simulator, {
        kind: 'scrape',
        app,
        action: { type: 'hang', when: index % 2 === 0 ? 'before_head' : 'mid_body' },
      });
    }
    troubled.push(await measure(surrounding.pace.measuredMs / WINDOWS));
    await clearFaults(simulator);
  }
  client.close();
  await passTime(LIMIT_MS + LATE_MS);
  // The least disturbed window of each: others on the machine slow down some, and us in all.
  const usualP99 = Math.min(...normal.map(({ others }) => quantile(others, 0.99)));
  const troubledP99 = Math.min(...troubled.map(({ others }) => quantile(others, 0.99)));
  const slowest = Math.max(...troubled.flatMap(({ hung }) => hung));
  const failed = troubled.reduce((sum, each) => sum + each.otherFailures, 0);
  const grown = Math.round((program.usage().residentBytes - before) / 1_000_000);
  const held = (await readOwnMetrics(program)).sum('promregator_buffered_bytes');
  const misses: Miss[] = [];
  if (troubledP99 / usualP99 > MOST_RATIO)
    misses.push({ kind: 'aim', sentence: `p99 of the others is ${(troubledP99 / usualP99).toFixed(2)} times normal` });
  if (slowest > LIMIT_MS + LATE_MS)
    misses.push({
      kind: 'aim',
      sentence: `a hanging scrape was answered after ${slowest.toFixed(0)} ms, its limit is ${LIMIT_MS} ms`,
    });
  if (failed > 0) misses.push({ kind: 'lost', sentence: `${failed} scrapes of others failed` });
  if (grown > MOST_MEGABYTES) misses.push({ kind: 'aim', sentence: `${grown} MB more` });
  if (held > 0) misses.push({ kind: 'aim', sentence: `${held} bytes counted as held after all is over` });
  return {
    figures: [
      `p99 of the others ${troubledP99.toFixed(1)} ms, normally ${usualP99.toFixed(1)} ms: ratio ${(troubledP99 / usualP99).toFixed(2)} (aim ${MOST_RATIO})`,
      `all windows: ${troubled.map(({ others }) => quantile(others, 0.99).toFixed(1)).join(', ')} against ${normal.map(({ others }) => quantile(others, 0.99).toFixed(1)).join(', ')} ms`,
      `slowest hanging scrape ${slowest.toFixed(0)} ms (limit ${LIMIT_MS})`,
      `${failed} others failed of ${troubled.reduce((sum, { others }) => sum + others.length, 0)}`,
      `memory ${grown >= 0 ? '+' : ''}${grown} MB`,
    ],
    said: [],
    misses,
  };
}

interface Steady {
  readonly client: ScrapeClient;
  readonly program: Program;
  readonly paths: readonly string[];
  readonly ms: Milliseconds;
  readonly hanging: ReadonlySet<string>;
}

interface Measured {
  /** Of instances that never hang. */
  readonly others: readonly Milliseconds[];
  readonly otherFailures: number;
  /** Of those that do, while they do. */
  readonly hung: readonly Milliseconds[];
}

/** Each instance once in an interval, evenly spread, whether or not the last answer has come: as Prometheus does. */
async function scrapeSteadily({ client, program, paths, ms, hanging }: Steady): Promise<Measured> {
  const others: Milliseconds[] = [];
  const hung: Milliseconds[] = [];
  const running: Promise<void>[] = [];
  let otherFailures = 0;
  const startedAt = performance.now();
  for (let sent = 0; performance.now() - startedAt < ms; await passTime(4)) {
    const due = Math.floor(((performance.now() - startedAt) / INTERVAL_MS) * paths.length);
    for (; sent < due; sent += 1) {
      const path = paths[sent % paths.length] ?? '';
      const scrape = client.scrape(program.url + path, { voice: 'prometheus', grantedSeconds: GRANTED_SECONDS });
      running.push(
        scrape.then((answer) => {
          if (hanging.has(guidOf(path))) hung.push(answer.ms);
          else {
            others.push(answer.ms);
            if (answer.status !== 200 || answer.ending !== 'whole') otherFailures += 1;
          }
        }),
      );
    }
  }
  await Promise.all(running);
  return { others, otherFailures, hung };
}

async function runTellingApart(stage: Stage, surrounding: Surrounding): Promise<RowResult> {
  const { scrapes } = surrounding.pace;
  // All of them may meet at one instance.
  const { program, paths } = await gather(stage, surrounding, { maxConcurrentPerInstance: CONCURRENCY });
  const client = createScrapeClient();
  let begun = 0;
  let whole = 0;
  let aborted = 0;
  const wrong: string[] = [];
  const run = async (): Promise<void> => {
    while (begun < scrapes) {
      begun += 1;
      const path = paths[Math.floor(Math.random() * paths.length)] ?? '';
      const answer = await client.scrape(program.url + path, {
        voice: begun % 2 === 0 ? 'prometheus' : 'curl',
        grantedSeconds: 20,
        ...(Math.random() < ABORTED_SHARE ? { abortAfterMs: Math.random() * LATEST_ABORT_MS } : {}),
      });
      if (answer.ending === 'aborted') aborted += 1;
      else if (answer.status === 200 && answer.ending === 'whole' && isOf(path, answer)) whole += 1;
      else wrong.push(`${path}: ${answer.status} ${answer.ending} ${instancesIn(answer.text).join(' ')}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, run));
  client.close();
  return {
    figures: [
      `${begun} scrapes of ${paths.length} instances, ${CONCURRENCY} at a time`,
      `${whole} whole and its own`,
      `${aborted} aborted`,
      `${wrong.length} others`,
    ],
    said: wrong.slice(0, 3),
    misses:
      wrong.length === 0
        ? []
        : [{ kind: 'lost', sentence: `${wrong.length} answers were not those of the instance asked for` }],
  };
}

function isOf(path: string, answer: ScrapeAnswer): boolean {
  const found = instancesIn(answer.text);
  return found.length > 0 && found.every((each) => path.endsWith(`/${each}`));
}

function guidOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}

async function addFault({ controlUrl }: SimulatorProcess, rule: object): Promise<void> {
  const answer = await fetch(`${controlUrl}/faults`, { method: 'POST', body: JSON.stringify(rule) });
  if (!answer.ok) throw new Error(await answer.text());
}

async function clearFaults({ controlUrl }: SimulatorProcess): Promise<void> {
  await fetch(`${controlUrl}/faults`, { method: 'DELETE' });
}
