import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Milliseconds } from '../../src/base/duration.js';
import { endChild, pidOf } from '../support/child.js';
import type { Part } from '../support/stage.js';
import { nextAnswer } from './child-answer.js';
import type { CallerReport } from './events.js';

const MAIN = fileURLToPath(new URL('./caller-main.js', import.meta.url));

export interface CallerOptions {
  /** Of Promregator. */
  readonly url: string;
  /** In which each target is scraped once; a scrape has as long. */
  readonly intervalMs: Milliseconds;
  readonly listEveryMs: Milliseconds;
}

/**
 * Scrapes like a Prometheus, in a process of its own. Not a real one: that would take more of two cores than what it
 * measures, and it keeps neither when a scrape was sent nor why it failed.
 */
export interface SteadyCaller extends Part {
  readonly pid: number;
  /** What it saw since the last call. */
  report(): Promise<CallerReport>;
  /** The last report, when all that was sent has been answered. */
  end(): Promise<CallerReport>;
}

export function startSteadyCaller(options: CallerOptions): SteadyCaller {
  const child = fork(MAIN, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  return {
    pid: pidOf(child, MAIN),
    report: () => ask(child, 'report'),
    end: () => ask(child, 'end'),
    stop: () => endChild(child),
    kill: () => void child.kill('SIGTERM'),
  };
}

function ask(child: ChildProcess, message: 'report' | 'end'): Promise<CallerReport> {
  const answer = nextAnswer<CallerReport>(child, 'the caller');
  child.send(message);
  return answer;
}
