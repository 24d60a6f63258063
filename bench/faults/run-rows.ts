import { describeError } from '../../src/base/errors.js';
import type { Row, RowResult, Surrounding } from './row.js';

export interface RunOptions {
  readonly surrounding: Surrounding;
  /** Rows at a time; those that want to be alone come last. */
  readonly workers: number;
  tell(outcome: RowOutcome): void;
}

export interface RowOutcome {
  readonly row: Row;
  readonly result: RowResult;
  readonly tookMs: number;
}

/** Runs rows side by side. One that goes wrong by itself counts as one that lost targets: nobody knows whether it did. */
export async function runRows(rows: readonly Row[], options: RunOptions): Promise<readonly RowOutcome[]> {
  const outcomes: RowOutcome[] = [];
  const sensible = rows.filter(({ senseless }) => senseless === undefined);
  const runAll = async (queue: Row[]): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const startedAt = performance.now();
      const result = await row.run(options.surrounding).catch(brokenRow);
      const outcome = { row, result, tookMs: performance.now() - startedAt };
      outcomes.push(outcome);
      options.tell(outcome);
    }
  };
  const together = sensible.filter(({ company }) => company === 'any');
  await Promise.all(Array.from({ length: options.workers }, () => runAll(together)));
  await runAll(sensible.filter(({ company }) => company === 'alone'));
  return outcomes;
}

function brokenRow(error: unknown): RowResult {
  return {
    figures: [],
    said: [],
    misses: [{ kind: 'lost', sentence: `the row itself failed: ${describeError(error)}` }],
  };
}
