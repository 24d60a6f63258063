import type { Milliseconds } from '../../src/base/duration.js';
import { createCaller } from './caller.js';
import type { Program } from './program.js';
import { median } from './statistics.js';

export interface AnswerTimes {
  /** From the question to the last byte at the caller. */
  readonly medianMs: Milliseconds;
  readonly slowestMs: Milliseconds;
  /** What Promregator spent on each. */
  readonly cpuMs: Milliseconds;
}

export interface DocumentTimes {
  readonly bytes: number;
  /** Bytes that lie ready. */
  readonly sameName: AnswerTimes;
  /** Bytes that have to be put together, since they name us as we were called. */
  readonly otherNames: AnswerTimes;
}

/** Asks for `/discovery` again and again over one connection. */
export async function measureDocuments(program: Program, answers: number): Promise<DocumentTimes> {
  const caller = createCaller();
  const url = `${program.url}/discovery`;
  const measure = async (hostOf: (number: number) => string): Promise<AnswerTimes> => {
    const cpuBefore = program.usage().cpuMs;
    const times: Milliseconds[] = [];
    for (let number = 0; number < answers; number += 1) {
      times.push((await caller.ask(url, { host: hostOf(number) })).ms);
    }
    const cpuMs = (program.usage().cpuMs - cpuBefore) / answers;
    return { medianMs: median(times), slowestMs: Math.max(...times), cpuMs };
  };
  const { host } = new URL(url);
  try {
    const { body } = await caller.ask(url, { host });
    return {
      bytes: body.length,
      sameName: await measure(() => host),
      otherNames: await measure((number) => `name-${number}.example.org:8080`),
    };
  } finally {
    await caller.stop();
  }
}
