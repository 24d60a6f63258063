import type { Milliseconds } from '../../src/base/duration.js';
import { createCaller } from './caller.js';
import type { Program } from './program.js';
import { waitFor } from './wait.js';

/** The first answer of `/discovery` with a list. */
export interface Discovered {
  /** From the start of the process. */
  readonly afterMs: Milliseconds;
  readonly bytes: number;
  /** Paths of the targets under Promregator's URL, in the document's order. */
  readonly paths: readonly string[];
}

const WITHIN_MS: Milliseconds = 120_000;
const EVERY_MS: Milliseconds = 20;

/** Asks until there is a list. @throws when the program ends before, or has none within two minutes */
export async function untilDiscovered(program: Program): Promise<Discovered> {
  const caller = createCaller();
  try {
    const body = await waitFor(
      async () => {
        const end = program.end();
        if (end !== undefined) throw new Error(`Promregator ended (${end})`);
        const answer = await caller.ask(`${program.url}/discovery`);
        return answer.status === 200 ? answer.body : undefined;
      },
      { withinMs: WITHIN_MS, everyMs: EVERY_MS, what: () => `/discovery lists\n${JSON.stringify(program.log())}` },
    );
    const afterMs = performance.now() - program.startedAtMs;
    return { afterMs, bytes: body.length, paths: pathsOf(body) };
  } finally {
    await caller.stop();
  }
}

function pathsOf(document: Buffer): string[] {
  const groups: { labels: Record<string, string> }[] = JSON.parse(document.toString('utf8'));
  return groups.map(({ labels }) => labels['__metrics_path__'] ?? '');
}
