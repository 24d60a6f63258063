import { Agent, get } from 'node:http';
import type { Milliseconds } from '../../src/base/duration.js';
import type { Part } from './stage.js';

export interface TimedAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** From the call to the last byte. */
  readonly ms: Milliseconds;
}

/** Asks over one kept connection, one question after the other. */
export interface Caller extends Part {
  ask(url: string, headers?: Readonly<Record<string, string>>): Promise<TimedAnswer>;
}

export function createCaller(): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const kill = (): void => agent.destroy();
  return {
    ask: (url, headers = {}) =>
      new Promise((resolve, reject) => {
        const startedAt = performance.now();
        const request = get(url, { agent, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            const ms = performance.now() - startedAt;
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), ms });
          });
        });
        request.once('error', reject);
      }),
    stop: async () => kill(),
    kill,
  };
}
