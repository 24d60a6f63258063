import type { Milliseconds } from '../base/duration.js';
import type { RedisConfig } from '../config/config.js';

/** How to reach the store, and how long to wait for it. */
export interface RedisSettings extends RedisConfig {
  /** For connecting as a whole, and for each command. */
  readonly limitMs: Milliseconds;
}
