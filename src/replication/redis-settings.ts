import type { Milliseconds } from '../base/duration.js';
import type { RedisConfig } from '../config/config.js';

/** How to reach the store, and how long to wait for it. */
export interface RedisSettings extends RedisConfig {
  /** For connecting as a whole, and for each command. */
  readonly limitMs: Milliseconds;
}

/** All that a server may quote and nobody may read. */
export function secretsOf({ password, place }: RedisSettings): readonly string[] {
  const passwords = place.kind === 'sentinel' ? [password, place.access.password] : [password];
  return passwords.flatMap((each) => each?.reveal() ?? []);
}
