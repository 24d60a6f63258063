import type { Milliseconds } from '../base/duration.js';
import type { Directory, Target } from '../discovery/directory.js';

/** What is remembered of a target between its scrapes. */
export interface InstanceState {
  /** Scrapes under way. */
  inFlight: number;
  /** Monotonic time at which its body was last searched for our own names. */
  inspectedAt: Milliseconds;
  /** It exports `promregator_up` or its like itself: ours are left out then. */
  exportsOwnNames: boolean;
}

export interface InstanceStates {
  of(target: Target): InstanceState;
  /** Forgets targets that are no longer listed. */
  retain(directory: Directory): void;
}

export const NEVER: Milliseconds = Number.NEGATIVE_INFINITY;

export function createInstanceStates(): InstanceStates {
  const states = new Map<string, InstanceState>();
  return {
    of(target) {
      const known = states.get(target.key);
      if (known !== undefined) return known;
      const state: InstanceState = { inFlight: 0, inspectedAt: NEVER, exportsOwnNames: false };
      states.set(target.key, state);
      return state;
    },
    retain(directory) {
      for (const key of states.keys()) if (!directory.byKey.has(key)) states.delete(key);
    },
  };
}
