import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endChild } from './child.js';
import type { Program } from './program.js';
import type { ScheduleReport } from './scheduler-main.js';
import type { Part } from './stage.js';

const MAIN = fileURLToPath(new URL('./scheduler-main.js', import.meta.url));

/** A process that scrapes every target once in each interval, evenly spread. */
export interface Scheduler extends Part {
  /** What it saw since the last call; counting begins anew. */
  report(): Promise<ScheduleReport>;
}

/** @param programs replicas of one another */
export function startScheduler(programs: readonly Program[], intervalSeconds: number): Scheduler {
  const urls = programs.map(({ url }) => url);
  const child = fork(MAIN, [String(intervalSeconds), ...urls], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    async report() {
      const answer: Promise<ScheduleReport[]> = once(child, 'message');
      child.send('report');
      const [report] = await answer;
      if (report === undefined) throw new Error('the scheduler said nothing');
      return report;
    },
    stop: () => endChild(child),
    kill: () => void child.kill('SIGTERM'),
  };
}
