import { readdirSync } from 'node:fs';
import { startSimulator } from '../../simulator/simulator.js';
import { freePort } from '../../src/base/free-port.js';
import { configFor } from '../support/config.js';
import { untilDiscovered } from '../support/discovered.js';
import { readOwnMetrics } from '../support/own-metrics.js';
import { type Program, startProgram } from '../support/program.js';
import { startPrometheus } from '../support/prometheus.js';
import { onStage, type Stage } from '../support/stage.js';
import { passTime } from '../support/wait.js';
import {
  type ApplicationFault,
  applicationFaults,
  MAX_RESPONSE_BYTES,
  METADATA_HOST,
  OTHER_HOST,
  type ScrapeOutcome,
} from './application-faults.js';
import { LAST_SERIES } from './raw-answers.js';
import { type RawApplications, startRawApplications } from './raw-application.js';
import type { Miss, Row, RowResult, Surrounding } from './row.js';
import { createScrapeClient, type ScrapeAnswer, type ScrapeClient, type ScrapeVoice } from './scrape-client.js';
import { describeSight, judgeSight, readTroubles, sightOf } from './sight.js';

const CONCURRENCY = 50;
/** To faults that time ends, and to the others: a busy machine may need more of it than they take. */
const GRANTED_SECONDS = { late: 2, other: 20 } as const;
/** As a share of the repetitions: until then memory is what a process takes that has begun to work. */
const WARM_UP = 0.3;
/** Bodies are not parsed: what is wrong with one that is whole, Prometheus says. */
const PASSED_ON = 'passed on as it is';
/** Idle connections are closed after one second; undici looks twice a second. */
const SETTLE_MS = 2_500;
const MOST_MEGABYTES = 48;
/** Those of the resolver, of a timer, of a worker: not of scrapes. */
const FURTHER_DESCRIPTORS = 5;

/** What Prometheus saw of an application. */
interface Witnessed {
  readonly up: number;
  readonly samples: number;
  /** The last series of a whole body is there. */
  readonly isWhole: boolean;
}

type Witness = (surrounding: Surrounding) => Promise<ReadonlyMap<string, Witnessed>>;

/** Every fault of applications. One Prometheus looks at all of them, when the first row asks for it. */
export function applicationRows(): readonly Row[] {
  const faults = applicationFaults();
  let seen: ReturnType<Witness> | undefined;
  const witness: Witness = (surrounding) => {
    seen ??= surrounding.witness === 'none' ? Promise.resolve(new Map()) : askPrometheus(faults, surrounding);
    return seen;
  };
  return faults.map((fault) => ({
    name: `application: ${fault.name}`,
    company: 'any',
    run: (surrounding) => onStage((stage) => runRow(stage, { fault, surrounding, witness })),
  }));
}

interface Trial {
  readonly fault: ApplicationFault;
  readonly surrounding: Surrounding;
  readonly witness: Witness;
}

async function runRow(stage: Stage, { fault, surrounding, witness }: Trial): Promise<RowResult> {
  const { repetitions } = surrounding.pace;
  const bed = await startBed(stage, [fault], surrounding);
  const { program } = bed;
  const [path = ''] = (await untilDiscovered(program)).paths;
  const client = createScrapeClient();
  const repeat = (times: number): Promise<readonly ScrapeAnswer[]> =>
    scrapeAgain(client, `${program.url}${path}`, {
      times,
      concurrency: fault.concurrency ?? CONCURRENCY,
      grantedSeconds: GRANTED_SECONDS[fault.outcomes.includes('504') ? 'late' : 'other'],
    });
  const descriptors = countDescriptors(program);
  await repeat(Math.ceil(repetitions * WARM_UP));
  const before = program.usage().residentBytes;
  const answers = await repeat(repetitions);
  client.close();
  await passTime(SETTLE_MS);
  const grown = Math.round((program.usage().residentBytes - before) / 1_000_000);
  const opened = countDescriptors(program) - descriptors;
  const misses: Miss[] = [...judgeAnswers(fault, answers)];
  if (bed.trap.connections > 0)
    misses.push({ kind: 'lost', sentence: `${bed.trap.connections} connections to where a redirect led` });
  if (grown > MOST_MEGABYTES)
    misses.push({ kind: 'aim', sentence: `${grown} MB more after ${repetitions} repetitions` });
  if (opened > FURTHER_DESCRIPTORS)
    misses.push({ kind: 'aim', sentence: `${opened} file descriptors more after all is over` });
  const held = (await readOwnMetrics(program)).sum('promregator_buffered_bytes');
  if (held > 0) misses.push({ kind: 'aim', sentence: `${held} bytes counted as held after all is over` });
  const sight = sightOf({ before: new Map(), after: await readTroubles(program), log: program.log() });
  const unseen = answers.every(({ status, ending }) => status === 200 && ending === 'whole') ? PASSED_ON : undefined;
  misses.push(...judgeSight(sight, unseen));
  const watched = (await witness(surrounding)).get(slugOf(fault));
  misses.push(...judgeWitness(fault, watched));
  return {
    figures: [
      describeOutcomes(answers),
      watched === undefined ? 'up not asked' : `up ${watched.up}, ${watched.samples} samples`,
      `descriptors ${opened >= 0 ? '+' : ''}${opened}`,
      `memory ${grown >= 0 ? '+' : ''}${grown} MB`,
      describeSight(sight, unseen),
    ],
    said: [`reason: ${reasonOf(answers)}`],
    misses,
  };
}

interface Bed {
  readonly program: Program;
  /** Where no redirect may lead. */
  readonly trap: RawApplications;
}

/** A foundation with one application for each fault, a program that scrapes them, and a trap for what goes astray. */
async function startBed(
  stage: Stage,
  faults: readonly ApplicationFault[],
  { main, starting }: Surrounding,
): Promise<Bed> {
  const answers = new Map(faults.map((fault) => [slugOf(fault), fault.answer]));
  const applications = stage.add(await startRawApplications((name) => answers.get(name)));
  const trap = stage.add(await startRawApplications(() => undefined));
  const closed = await freePort();
  const simulator = await starting(() => startSimulator({ applications: 1, instances: 1 }));
  stage.add({ stop: simulator.stop, kill: () => void simulator.stop() });
  const [other] = simulator.world.applications();
  for (const fault of faults)
    simulator.world.deployApplication({ name: slugOf(fault), space: other?.space.guid ?? '' });
  if (other !== undefined) simulator.world.delete(other.guid);
  const refusing = faults
    .filter(({ listens }) => listens === 'no')
    .map((fault) => `${slugOf(fault)}.apps.sim.example:80 -> 127.0.0.1:${closed}`);
  const astray = [METADATA_HOST, OTHER_HOST].map((host) => `${host} -> 127.0.0.1:${trap.port}`);
  const base = configFor(simulator, {
    targets: [{ protocol: 'http' }],
    scraping: { maxConcurrentPerInstance: 2 * CONCURRENCY, keepAliveSeconds: 1, maxResponseBytes: MAX_RESPONSE_BYTES },
  });
  const connectTo = [
    ...refusing,
    ...astray,
    `*.apps.sim.example:80 -> 127.0.0.1:${applications.port}`,
    ...simulator.connectTo,
  ];
  const config = { ...base, promregator: { ...base.promregator, connectTo } };
  const program = stage.add(await starting(() => startProgram({ config, main })));
  return { program, trap };
}

function slugOf({ name }: ApplicationFault): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function countDescriptors({ pid }: Program): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

interface Repetition {
  readonly times: number;
  readonly concurrency: number;
  readonly grantedSeconds: number;
}

/** In turns as Prometheus and as somebody who takes no gzip. */
async function scrapeAgain(
  client: ScrapeClient,
  url: string,
  { times, concurrency, grantedSeconds }: Repetition,
): Promise<readonly ScrapeAnswer[]> {
  const answers: ScrapeAnswer[] = [];
  let begun = 0;
  const run = async (): Promise<void> => {
    while (begun < times) {
      const voice: ScrapeVoice = begun % 2 === 0 ? 'prometheus' : 'curl';
      begun += 1;
      const answer = await client.scrape(url, { voice, grantedSeconds });
      // Of a large text only what is looked at is kept.
      answers.push({ ...answer, text: `${answer.text.slice(0, 400)}\n${answer.text.slice(-4_000)}` });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, run));
  return answers;
}

function outcomeOf({ status, ending }: ScrapeAnswer): ScrapeOutcome | string {
  return ending === 'broken' && status === 200 ? 'broken off' : String(status);
}

function describeOutcomes(answers: readonly ScrapeAnswer[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(outcomeOf(answer), (counts.get(outcomeOf(answer)) ?? 0) + 1);
  return [...counts].map(([outcome, times]) => `${outcome} ×${times}`).join(', ');
}

function judgeAnswers(fault: ApplicationFault, answers: readonly ScrapeAnswer[]): Miss[] {
  const allowed: readonly string[] = fault.outcomes;
  const others = answers.filter((answer) => !allowed.includes(outcomeOf(answer)));
  const halves = answers.filter(
    ({ status, ending, text }) =>
      fault.mark !== 'none' && status === 200 && ending === 'whole' && !text.includes(LAST_SERIES),
  );
  const wordless = answers.filter(({ status, text }) => status >= 500 && fault.reason?.test(text) === false);
  const misses: Miss[] = [];
  if (others.length > 0)
    misses.push({ kind: 'aim', sentence: `${describeOutcomes(others)}, where ${allowed.join(' or ')} is right` });
  if (halves.length > 0) misses.push({ kind: 'lost', sentence: `${halves.length} times half a body as success` });
  if (wordless.length > 0)
    misses.push({
      kind: 'aim',
      sentence: `${wordless.length} reasons do not say ${fault.reason}: ${reasonOf(wordless)}`,
    });
  return misses;
}

function judgeWitness(fault: ApplicationFault, watched: Witnessed | undefined): Miss[] {
  if (watched === undefined) return [];
  const misses: Miss[] = [];
  if (fault.up !== 'either' && watched.up !== fault.up)
    misses.push({
      kind: watched.up === 1 ? 'lost' : 'aim',
      sentence: `Prometheus says up ${watched.up}, not ${fault.up}`,
    });
  if (watched.up === 1 && fault.mark !== 'none' && !watched.isWhole)
    misses.push({ kind: 'lost', sentence: 'Prometheus took half a body for a whole one' });
  return misses;
}

function reasonOf(answers: readonly ScrapeAnswer[]): string {
  const failed = answers.find(({ status }) => status >= 500);
  return failed === undefined ? 'none given' : (failed.text.trim().split('\n')[0] ?? '');
}

const WITNESS_SECONDS = 2;
const WITNESSED_MS = 12_000;

/** A real Prometheus over an application for each fault. */
async function askPrometheus(
  faults: readonly ApplicationFault[],
  surrounding: Surrounding,
): Promise<ReadonlyMap<string, Witnessed>> {
  return await onStage(async (stage) => {
    const { program } = await startBed(stage, faults, surrounding);
    await untilDiscovered(program);
    const label = { source_labels: ['__meta_promregator_target_applicationName'], target_label: 'fault' };
    const prometheus = stage.add(
      await startPrometheus({
        promregatorUrl: program.url,
        intervalSeconds: WITNESS_SECONDS,
        job: { relabel_configs: [label] },
      }),
    );
    await passTime(WITNESSED_MS);
    const seen = new Map<string, Witnessed>();
    for (const fault of faults) {
      const slug = slugOf(fault);
      seen.set(slug, {
        up: await prometheus.value(`up{fault="${slug}"}`),
        samples: await prometheus.value(`scrape_samples_scraped{fault="${slug}"}`),
        isWhole: (await prometheus.value(`faults_complete{fault="${slug}"}`)) === 1,
      });
    }
    return seen;
  });
}
