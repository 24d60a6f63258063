import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Milliseconds } from '../../src/base/duration.js';
import { endChild, pidOf } from './child.js';
import {
  ACCESS_SECONDS,
  type SimulatorFacts,
  type SimulatorMessage,
  type SimulatorView,
} from './simulator-messages.js';
import type { Part } from './stage.js';
import { readUsage, type Usage } from './usage.js';

const MAIN = fileURLToPath(new URL('./simulator-main.js', import.meta.url));

const START_WITHIN_MS: Milliseconds = 60_000;

const requestsAnswer = z.object({
  byKind: z.record(z.string(), z.number()),
  bytesByKind: z.record(z.string(), z.number()),
});

const worldAnswer = z.object({
  webInstances: z.number(),
  firstApplications: z.array(
    z.object({
      guid: z.string(),
      name: z.string(),
      space: z.string(),
      organization: z.string(),
      processes: z.array(z.object({ type: z.string(), desired: z.number() })),
    }),
  ),
});

/** Numbers of a world, as `promregator simulate` takes them. */
export interface WorldSize {
  readonly organizations: number;
  readonly spaces: number;
  readonly applications: number;
  readonly instances: number;
  readonly bodyBytes?: number;
  /** Validity of access tokens, in seconds; absent: as UAA has it. */
  readonly accessSeconds?: number;
}

export type CountedRequests = z.output<typeof requestsAnswer>;
export type WorldSummary = z.output<typeof worldAnswer>;

/** A simulated foundation in a process of its own. */
export interface SimulatorProcess extends SimulatorFacts, Part {
  readonly pid: number;
  usage(): Usage;
  /** Requests and bytes of answers' bodies by kind, since the start or the last reset. */
  requests(): Promise<CountedRequests>;
  resetRequests(): Promise<void>;
  view(): Promise<SimulatorView>;
  world(): Promise<WorldSummary>;
  /** One of the changes that `GET /` of the control endpoint lists. */
  change(name: string, body: object): Promise<void>;
}

export async function startSimulatorProcess(size: WorldSize): Promise<SimulatorProcess> {
  const child = fork(MAIN, argumentsFor(size), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    const message = await nextMessage(child, 'ready');
    return { ...message.facts, ...handle(child, message.facts.controlUrl) };
  } catch (error) {
    await endChild(child);
    throw error;
  }
}

function handle(child: ChildProcess, controlUrl: string): Omit<SimulatorProcess, keyof SimulatorFacts> {
  const pid = pidOf(child, MAIN);
  return {
    pid,
    usage: () => readUsage(pid),
    requests: async () => requestsAnswer.parse(await control(`${controlUrl}/requests`)),
    async resetRequests() {
      await control(`${controlUrl}/requests/reset`, {});
    },
    async view() {
      const answer = nextMessage(child, 'view');
      child.send('view');
      return (await answer).view;
    },
    world: async () => worldAnswer.parse(await control(`${controlUrl}/world`)),
    async change(name, body) {
      await control(`${controlUrl}/world/${name}`, body);
    },
    stop: () => endChild(child),
    kill: () => void child.kill('SIGTERM'),
  };
}

function argumentsFor({ bodyBytes, accessSeconds, ...numbers }: WorldSize): string[] {
  return [
    ...Object.entries(numbers).map(([name, value]) => `--${name}=${value}`),
    ...(bodyBytes === undefined ? [] : [`--body-bytes=${bodyBytes}`]),
    ...(accessSeconds === undefined ? [] : [`${ACCESS_SECONDS}${accessSeconds}`]),
  ];
}

function nextMessage<T extends SimulatorMessage['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<SimulatorMessage, { type: T }>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(new Error(`the simulator did not say '${type}'`)), START_WITHIN_MS);
    const listen = (message: Extract<SimulatorMessage, { type: T }>): void => {
      if (message.type === type) finish(undefined, message);
    };
    const leave = (code: number | null): void => finish(new Error(`the simulator ended with ${code}`));
    function finish(error: Error | undefined, message?: Extract<SimulatorMessage, { type: T }>): void {
      clearTimeout(timer);
      child.off('message', listen);
      child.off('exit', leave);
      if (message === undefined) reject(error);
      else resolve(message);
    }
    child.on('message', listen);
    child.once('exit', leave);
  });
}

async function control(url: string, body?: object): Promise<unknown> {
  const answer = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  const value: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${JSON.stringify(value)}`);
  return value;
}
