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

/** Runs rows side by side. One that goes wrong by itself is tried once more: a machine that is too busy is no fault of ours. */
export async function runRows(rows: readonly Row[], options: RunOptions): Promise<readonly RowOutcome[]> {
  const outcomes: RowOutcome[] = [];
  const sensible = rows.filter(({ senseless }) => senseless === undefined);
  const runAll = async (queue: Row[]): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const startedAt = performance.now();
      const attempt = (): Promise<RowResult> => row.run(options.surrounding);
      const result = await attempt().catch(attempt).catch(brokenRow);
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
    misses: [{ kind: 'broken', sentence: `the row itself failed: ${describeError(error)}` }],
  };
}
