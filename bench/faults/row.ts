import type { Milliseconds } from '../../src/base/duration.js';
import type { Gate } from './gate.js';

/** What all rows share: how long things take, and what runs. */
export interface Pace {
  /** How long a fault of Cloud Foundry lasts. */
  readonly holdMs: Milliseconds;
  /** Interval at which lists are read anew; whole seconds. */
  readonly refreshMs: Milliseconds;
  readonly backoffMs: Milliseconds;
  /** How often a fault of an application is repeated. */
  readonly repetitions: number;
  /** Scrapes of the row that tells instances apart. */
  readonly scrapes: number;
  /** How long each part of the row with hanging instances is measured. */
  readonly measuredMs: Milliseconds;
}

export const USUAL_PACE: Pace = {
  holdMs: 5_000,
  refreshMs: 2_000,
  backoffMs: 500,
  repetitions: 1_000,
  scrapes: 20_000,
  measuredMs: 8_000,
};

export interface Surrounding {
  readonly pace: Pace;
  /** Compiled `main.js` of the program under test. */
  readonly main: string;
  /** Starting costs more than all that follows: few at a time. */
  readonly starting: Gate;
  /** Whether a real Prometheus is asked what it makes of faults of applications. */
  readonly witness: 'prometheus' | 'none';
}

export interface Miss {
  /**
   * `lost`: a target was dropped, or something false was told. `stale`: what changed was not seen as long as the row
   * waited. `aim`: it took more than it should. `unseen`: an operator would not see it, or would see it too often.
   * `broken`: the row itself failed.
   */
  readonly kind: 'lost' | 'stale' | 'aim' | 'unseen' | 'broken';
  readonly sentence: string;
}

export interface RowResult {
  /** What was measured, one short statement each. */
  readonly figures: readonly string[];
  /** What the metrics and the log said. */
  readonly said: readonly string[];
  readonly misses: readonly Miss[];
}

/** One line of the matrix. */
export interface Row {
  /** `429 without Retry-After · normal operation`; what `--only` looks in. */
  readonly name: string;
  /** `alone`: what it measures would suffer from others beside it. */
  readonly company: 'any' | 'alone';
  /** Why there is nothing to run. */
  readonly senseless?: string;
  run(surrounding: Surrounding): Promise<RowResult>;
}

/** Whether a miss is worth an exit code: what is late or dear is told, and no more. */
export function isGrave({ kind }: Miss): boolean {
  return kind === 'lost' || kind === 'broken';
}
