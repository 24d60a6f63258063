import { createHeldBytes, type HeldBytes } from './held-bytes.js';
import { createInstanceStates, type InstanceStates } from './instance-states.js';

/** What is known of scrapes and outlives the scraper: handed on to the one of the next configuration. */
export interface ScrapeLedger {
  readonly states: InstanceStates;
  readonly heldBytes: HeldBytes;
  /** Scrapes under way, of all scrapers that share it. */
  inFlight: number;
}

export function createScrapeLedger(): ScrapeLedger {
  return { states: createInstanceStates(), heldBytes: createHeldBytes(), inFlight: 0 };
}
