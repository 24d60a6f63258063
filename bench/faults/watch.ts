import type { Milliseconds } from '../../src/base/duration.js';
import type { Program } from '../support/program.js';
import type { Part } from '../support/stage.js';
import { passTime } from '../support/wait.js';

const EVERY_MS: Milliseconds = 150;
const SCRAPE_EVERY = 3;

/** What is asked of a program again and again while something is broken. */
export interface Watch extends Part {
  /** Most targets that one answer of `/discovery` lacked of those that exist. */
  readonly mostLost: number;
  /** How often each status of `/discovery`, `/-/ready` and `/-/healthy` came. */
  readonly discovery: Tally;
  readonly ready: Tally;
  readonly healthy: Tally;
  readonly scrapes: Tally;
  /** Not ready after it was. */
  readonly leftRotation: boolean;
  /** Metrics paths of the last list; undefined before the first. */
  readonly listed: ReadonlySet<string> | undefined;
}

export type Tally = ReadonlyMap<string, number>;

export interface WatchOptions {
  readonly program: Program;
  /** Metrics paths that a list has to have, asked for at each list: what was deleted leaves them at once. */
  required(): ReadonlySet<string>;
}

export function startWatch({ program, required }: WatchOptions): Watch {
  const tallies = { discovery: tally(), ready: tally(), healthy: tally(), scrapes: tally() };
  let mostLost = 0;
  let isReady = false;
  let leftRotation = false;
  let listed: ReadonlySet<string> | undefined;
  let isOver = false;

  async function look(scrapes: boolean): Promise<void> {
    const wanted = required();
    const list = await ask(`${program.url}/discovery`);
    count(tallies.discovery, list.status);
    if (list.status === '200') {
      listed = pathsOf(list.text);
      mostLost = Math.max(mostLost, [...wanted].filter((path) => listed?.has(path) === false).length);
    }
    const ready = await ask(`${program.url}/-/ready`);
    count(tallies.ready, ready.status);
    if (ready.status === '200') isReady = true;
    else if (isReady) leftRotation = true;
    count(tallies.healthy, (await ask(`${program.url}/-/healthy`)).status);
    const [path] = wanted;
    if (scrapes && listed !== undefined && path !== undefined)
      count(tallies.scrapes, (await ask(program.url + path)).status);
  }

  async function run(): Promise<void> {
    for (let round = 0; !isOver; round += 1) {
      await look(round % SCRAPE_EVERY === 0);
      await passTime(EVERY_MS);
    }
  }

  const running = run();
  return {
    ...tallies,
    get mostLost() {
      return mostLost;
    },
    get leftRotation() {
      return leftRotation;
    },
    get listed() {
      return listed;
    },
    async stop() {
      isOver = true;
      await running;
    },
    kill() {
      isOver = true;
    },
  };
}

/** `200 ×12, 503 ×4`. */
export function describeTally(counts: Tally): string {
  return [...counts].map(([status, times]) => `${status} ×${times}`).join(', ') || 'not asked';
}

function tally(): Map<string, number> {
  return new Map();
}

function count(counts: Map<string, number>, status: string): void {
  counts.set(status, (counts.get(status) ?? 0) + 1);
}

const PATIENCE_MS: Milliseconds = 5_000;

async function ask(url: string): Promise<{ readonly status: string; readonly text: string }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return { status: String(answer.status), text: await answer.text() };
  } catch (error) {
    return { status: error instanceof Error ? error.name : 'failed', text: '' };
  }
}

function pathsOf(document: string): ReadonlySet<string> {
  const groups: { labels: Record<string, string> }[] = JSON.parse(document);
  return new Set(groups.map(({ labels }) => labels['__metrics_path__'] ?? ''));
}
