import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Milliseconds } from '../../src/base/duration.js';
import { endChild, pidOf } from '../support/child.js';
import type { SimulatorFacts } from '../support/simulator-messages.js';
import type { Part } from '../support/stage.js';
import { nextAnswer } from './child-answer.js';
import type { FoundationReport } from './events.js';

const MAIN = fileURLToPath(new URL('./foundation-main.js', import.meta.url));

const NAME = 'the foundation';

export interface UnrestOptions {
  readonly applications: number;
  /** Of each application. */
  readonly instances: number;
  /** Share of requests that are answered by a fault. */
  readonly faultShare: number;
  readonly seed: number;
  /** After this what has changed has to be seen everywhere. */
  readonly graceMs: Milliseconds;
}

export interface FoundationFacts extends SimulatorFacts {
  /** Organization whose applications want a token of UAA. */
  readonly guarded: string;
  readonly client: { readonly id: string; readonly secret: string };
}

export interface Foundation extends Part {
  readonly facts: FoundationFacts;
  readonly pid: number;
  /** From now on applications fail and deployments go on. */
  begin(): void;
  /** What happened since the last call. */
  report(): Promise<FoundationReport>;
}

export async function startFoundation(options: UnrestOptions): Promise<Foundation> {
  const child = fork(MAIN, [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  try {
    const facts = await nextAnswer<FoundationFacts>(child, NAME);
    return {
      facts,
      pid: pidOf(child, MAIN),
      begin: () => void child.send('begin'),
      report() {
        const answer = nextAnswer<FoundationReport>(child, NAME);
        child.send('report');
        return answer;
      },
      stop: () => endChild(child),
      kill: () => void child.kill('SIGTERM'),
    };
  } catch (error) {
    await endChild(child);
    throw error;
  }
}
