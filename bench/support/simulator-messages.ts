import type { Milliseconds } from '../../src/base/duration.js';

/** Argument of the simulator's process that `promregator simulate` does not have. */
export const ACCESS_SECONDS = '--access-seconds=';

/** What the simulator's process tells of itself, once, when it is ready. */
export interface SimulatorFacts {
  readonly apiHost: string;
  readonly username: string;
  readonly password: string;
  readonly caFile: string;
  readonly connectTo: readonly string[];
  readonly controlUrl: string;
}

/** What the foundation's side saw. */
export interface SimulatorView {
  /** TLS connections that carried a request. */
  readonly secured: number;
  /** Those of them that resumed an earlier session, which spares both sides the certificate. */
  readonly resumed: number;
  /** The longest that the simulator itself was busy with something else, since it was last asked. */
  readonly longestHoldUpMs: Milliseconds;
}

/** Messages from the simulator's process; any message to it asks for its view. */
export type SimulatorMessage =
  | { readonly type: 'ready'; readonly facts: SimulatorFacts }
  | { readonly type: 'view'; readonly view: SimulatorView };
