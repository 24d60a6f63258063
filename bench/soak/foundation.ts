import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Milliseconds } from '../../src/base/duration.js';
import { endChild } from '../support/child.js';
import type { SimulatorFacts } from '../support/simulator-messages.js';
import type { Part } from '../support/stage.js';
import type { FoundationReport } from './events.js';

const MAIN = fileURLToPath(new URL('./foundation-main.js', import.meta.url));

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

export type FoundationMessage =
  | { readonly type: 'ready'; readonly facts: FoundationFacts }
  | { readonly type: 'report'; readonly report: FoundationReport };

export interface Foundation extends Part {
  readonly facts: FoundationFacts;
  readonly pid: number | undefined;
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
    const { facts } = await next(child, 'ready');
    return {
      facts,
      pid: child.pid,
      begin: () => void child.send('begin'),
      async report() {
        const answer = next(child, 'report');
        child.send('report');
        return (await answer).report;
      },
      stop: () => endChild(child),
      kill: () => void child.kill('SIGTERM'),
    };
  } catch (error) {
    await endChild(child);
    throw error;
  }
}

function next<T extends FoundationMessage['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<FoundationMessage, { type: T }>> {
  return new Promise((resolve, reject) => {
    const leave = (code: number | null): void => reject(new Error(`the foundation ended with ${code}`));
    const listen = (message: Extract<FoundationMessage, { type: T }>): void => {
      if (message.type !== type) return;
      child.off('message', listen);
      child.off('exit', leave);
      resolve(message);
    };
    child.on('message', listen);
    child.once('exit', leave);
  });
}
