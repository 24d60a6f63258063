// Scrapes every target of a Promregator at a steady pace, as a Prometheus does, and keeps what is odd with its reason and
// its time, which a Prometheus does not. Started by caller.ts with its options; any message asks for its report.
import type { Milliseconds } from '../../src/base/duration.js';
import { LAST_SERIES } from '../faults/raw-answers.js';
import { createScrapeClient, type ScrapeAnswer } from '../faults/scrape-client.js';
import { instancesIn } from '../support/identity.js';
import { quantile } from '../support/statistics.js';
import type { CallerOptions } from './caller.js';
import type { CallerReport, Departure, FailedList, OddScrape } from './events.js';

const TICK_MS: Milliseconds = 5;
/**
 * Ten times what a quiet second needs. Without a bound a machine that is too busy for a while would be kept so by new
 * connections, a thousand a second, until it has no port left.
 */
const MOST_CONNECTIONS = 500;
/** Of what came, for whoever has to explain it. */
const KEPT_CHARACTERS = 400;

const options: CallerOptions = JSON.parse(process.argv[2] ?? '{}');
const { url, intervalMs, listEveryMs } = options;
const slots: Set<string>[] = Array.from({ length: Math.ceil(intervalMs / TICK_MS) }, () => new Set());
const slotOf = new Map<string, Set<string>>();
const client = createScrapeClient(MOST_CONNECTIONS);

let times: Milliseconds[] = [];
let odd: OddScrape[] = [];
let departures: Departure[] = [];
let failedLists: FailedList[] = [];
let lists = 0;
let running = 0;

async function scrape(path: string): Promise<void> {
  const sentMs = Date.now();
  running += 1;
  const answer = await client.scrape(url + path, {
    voice: 'prometheus',
    grantedSeconds: intervalMs / 1000,
    abortAfterMs: intervalMs,
  });
  running -= 1;
  times.push(answer.ms);
  const instance = path.split('/').slice(-2).join('/');
  const found = answer.status === 200 && answer.ending === 'whole' ? instancesIn(answer.text) : [];
  const strangers = [...new Set(found.filter((each) => each !== instance))];
  if (found.length > 0 && strangers.length === 0) return;
  odd.push(oddScrape({ instance, sentMs, strangers, answer }));
}

interface Seen {
  readonly instance: string;
  readonly sentMs: Milliseconds;
  readonly strangers: readonly string[];
  readonly answer: ScrapeAnswer;
}

function oddScrape({ instance, sentMs, strangers, answer }: Seen): OddScrape {
  const { status, ending, text, isSent } = answer;
  const hasMark = text.includes(LAST_SERIES);
  const endedMs = Date.now();
  return {
    instance,
    sentMs,
    endedMs,
    status,
    ending,
    isSent,
    hasMark,
    strangers,
    text: text.slice(0, KEPT_CHARACTERS),
  };
}

/** What is listed is scraped, what is not is forgotten, at once. */
async function readList(): Promise<void> {
  const began = Date.now();
  try {
    const answer = await fetch(`${url}/discovery`, { signal: AbortSignal.timeout(listEveryMs) });
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
    const groups: { labels: Record<string, string> }[] = JSON.parse(await answer.text());
    take(new Set(groups.map(({ labels }) => labels['__metrics_path__'] ?? '')));
    lists += 1;
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    failedLists.push({ atMs: began, endedMs: Date.now(), isLate, reason: String(error) });
  }
}

function take(paths: ReadonlySet<string>): void {
  for (const [path, slot] of slotOf) {
    if (paths.has(path)) continue;
    slot.delete(path);
    slotOf.delete(path);
    departures.push({ instance: path.split('/').slice(-2).join('/'), atMs: Date.now() });
  }
  for (const path of paths) {
    if (slotOf.has(path)) continue;
    const slot = slots[hash(path) % slots.length];
    if (slot === undefined) continue;
    slot.add(path);
    slotOf.set(path, slot);
  }
}

/** Spreads targets over the interval, as Prometheus does; FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}

function report(): CallerReport {
  const result: CallerReport = {
    scrapes: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    slowestMs: times.reduce((most, each) => Math.max(most, each), 0),
    odd,
    departures,
    targets: slotOf.size,
    lists,
    failedLists,
  };
  times = [];
  odd = [];
  departures = [];
  failedLists = [];
  lists = 0;
  return result;
}

const beganAt = performance.now();
let ticks = 0;
const ticking = setInterval(() => {
  // A timer that is late makes up for it.
  const due = Math.floor((performance.now() - beganAt) / TICK_MS);
  for (; ticks < due; ticks += 1) for (const path of slots[ticks % slots.length] ?? []) void scrape(path);
}, TICK_MS);
await readList();
const listing = setInterval(() => void readList(), listEveryMs);

process.on('message', async (message) => {
  if (message === 'end') {
    clearInterval(ticking);
    clearInterval(listing);
    while (running > 0) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  process.send?.(report());
});
process.once('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
