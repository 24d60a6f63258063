import type { Clock } from '../base/clock.js';
import { CodedError } from '../base/errors.js';
import type { Config } from '../config/config.js';
import type { Directory } from '../discovery/directory.js';
import { RESOURCE_KINDS } from '../foundation/resources.js';
import type { NextTry } from '../foundation/token.js';
import type { Log } from '../telemetry/log.js';
import { createConnectionSets } from './connection-sets.js';
import { createDirectories } from './directories.js';
import type { Foundation } from './foundation.js';
import { createFoundations } from './foundations.js';
import type { FoundationObservers } from './metrics-observers.js';
import { selectingOf } from './rules.js';

/** Discovery when somebody asks for it, without a server that keeps it fresh. */
export interface Listing {
  /**
   * Reads all lists of all foundations anew and selects.
   *
   * @throws {CodedError} `listing_failed`, when one list of one foundation cannot be read: whole or nothing
   */
  read(): Promise<Directory>;
  close(): Promise<void>;
}

export interface ListingOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly nextTry: NextTry;
}

export function createListing({ config, clock, log, nextTry }: ListingOptions): Listing {
  const sets = createConnectionSets();
  const foundations = createFoundations({
    observe: () => UNOBSERVED,
    clock,
    log: log.child('foundation'),
    onGivenUp: () => undefined,
    onInventory: () => undefined,
    nextTry,
  });
  const directories = createDirectories(clock);
  const selecting = selectingOf(config);
  foundations.configure(config, selecting, sets.lease());
  directories.configure(selecting);

  return {
    async read() {
      foundations.start();
      try {
        await readAll(foundations.all);
        const { directory, missing } = directories.select(
          (name) => foundations.all.find((each) => each.name === name)?.inventory,
        );
        if (missing.size === 0) return directory;
        const names = [...missing].join(', ');
        throw new CodedError('listing_failed', `the lists of foundation ${names} do not fit together; try again`);
      } finally {
        foundations.stop();
      }
    },
    async close() {
      foundations.stop();
      await sets.close();
    },
  };
}

/** All are read to their end, so that all that fail are told at once. */
async function readAll(foundations: readonly Foundation[]): Promise<void> {
  const outcomes = await Promise.allSettled(foundations.map(({ refresher }) => refresher.refresh(RESOURCE_KINDS)));
  const failures = outcomes.flatMap((outcome, position) => {
    return outcome.status === 'rejected' ? [{ name: foundations[position]?.name, cause: outcome.reason }] : [];
  });
  const [first] = failures;
  if (first === undefined) return;
  const names = failures.map(({ name }) => name).join(', ');
  throw new CodedError('listing_failed', `foundation ${names} cannot be read`, { cause: first.cause });
}

/** A command has no metrics. */
const UNOBSERVED: FoundationObservers = {
  api: { requested: () => undefined, tokenRequested: () => undefined },
  lists: { dropped: () => undefined, listed: () => undefined, shrunk: () => undefined },
  watchdog: { reconnected: () => undefined },
  replication: { failed: () => undefined },
};
