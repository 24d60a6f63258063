import type { Config } from '../../../src/config/config.js';
import { formatProblem } from '../../../src/config/report.js';
import { loadWritten, type Written } from './load-written.js';

/** @throws with all problems, if there are any */
export async function configOf(written: Written): Promise<Config> {
  const outcome = await loadWritten(written);
  if (!outcome.ok) throw new Error(outcome.problems.map(formatProblem).join('\n'));
  return outcome.config;
}

/** In the words that people read; empty for a configuration that is taken. */
export async function problemsOf(written: Written): Promise<readonly string[]> {
  const outcome = await loadWritten(written);
  return outcome.ok ? [] : outcome.problems.map(formatProblem);
}

export async function warningsOf(written: Written): Promise<readonly string[]> {
  const { warnings } = await loadWritten(written);
  return warnings.map(formatProblem);
}

/** What stands in secrets, in place of them, so that tables can compare it. */
export function reveal(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('reveal' in value && typeof value.reveal === 'function') return value.reveal();
  if (Array.isArray(value)) return value.map(reveal);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, reveal(each)]));
}
