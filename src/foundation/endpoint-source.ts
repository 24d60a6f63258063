import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { describeError } from '../base/errors.js';
import type { Log } from '../telemetry/log.js';
import type { Endpoints } from './root-document.js';

export interface EndpointSourceOptions {
  /** Reads the root document. */
  readonly read: () => Promise<Endpoints>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the root document says, kept: where tokens come from, and of which version the API is. */
export interface EndpointSource {
  /**
   * What is known, or what a first reading says. All callers share one reading.
   *
   * @throws what `read` throws, while nothing is known
   */
  find(): Promise<Endpoints>;
  /** What it leads to does not answer, or not as it should: the next `find` reads anew. */
  doubt(): void;
  /** Reads anew in the background when what is known is old. */
  freshen(): void;
}

/** A platform that moves its UAA or is upgraded says so here. */
const MAX_AGE_MS: Milliseconds = 3_600_000;

/** While the reading fails, and for doubts: a UAA that is down raises one at each login. */
const PAUSE_MS: Milliseconds = 60_000;

export function createEndpointSource({ read, clock, log }: EndpointSourceOptions): EndpointSource {
  let known: Endpoints | undefined;
  let flight: Promise<Endpoints> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let isDoubted = false;

  function start(): Promise<Endpoints> {
    if (flight !== undefined) return flight;
    isDoubted = false;
    askedAt = clock.monotonic();
    flight = readAnew().finally(() => {
      flight = undefined;
    });
    return flight;
  }

  async function readAnew(): Promise<Endpoints> {
    try {
      const found = await read();
      readAt = clock.monotonic();
      if (known !== undefined && differ(known, found)) {
        log.info('Cloud Foundry says another address or version than before', {
          login: found.loginUrl,
          version: found.apiVersion,
          loginBefore: known.loginUrl,
          versionBefore: known.apiVersion,
        });
      }
      known = found;
      return found;
    } catch (error) {
      if (known === undefined) throw error;
      log.debug('the root document could not be read anew', { reason: describeError(error) });
      return known;
    }
  }

  return {
    async find() {
      return known === undefined || isDoubted ? await start() : known;
    },
    doubt() {
      if (known !== undefined && clock.monotonic() - askedAt >= PAUSE_MS) isDoubted = true;
    },
    freshen() {
      const now = clock.monotonic();
      if (known === undefined || now - readAt < MAX_AGE_MS || now - askedAt < PAUSE_MS) return;
      // Never rejects while something is known.
      void start();
    },
  };
}

function differ(one: Endpoints, other: Endpoints): boolean {
  return one.loginUrl !== other.loginUrl || one.apiVersion !== other.apiVersion;
}
