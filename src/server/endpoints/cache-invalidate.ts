import type { Clock } from '../../base/clock.js';
import type { Milliseconds } from '../../base/duration.js';
import { describeError, oneLine } from '../../base/errors.js';
import { RESOURCE_KINDS, type ResourceKind } from '../../foundation/resources.js';
import type { Guard } from '../guard.js';
import { respondText, writeHead } from '../respond.js';
import type { Endpoint } from '../router.js';

export interface CacheInvalidateOptions {
  readonly guard: Guard;
  /** Reads these lists anew; simultaneous calls share one reading. */
  readonly refresh: (kinds: readonly ResourceKind[]) => Promise<void>;
  readonly clock: Clock;
}

/** Whoever waits behind a router with a time-out of 30 s shall hear from us first. */
const PATIENCE_MS: Milliseconds = 25_000;

/** The original's caches, and which lists stand for them here. */
const CACHES: ReadonlyMap<string, readonly ResourceKind[]> = new Map([
  ['org', ['organizations']],
  ['space', ['spaces']],
  ['application', ['apps']],
  ['domain', ['domains']],
  ['route', ['routes']],
  ['process', ['processes']],
  // Its resolver caches the outcome of all rules; ours is made anew from every inventory.
  ['resolver', ['apps', 'processes', 'routes']],
]);

const YES = new Set(['1', 'true', 'on', 'yes']);
const NO = new Set(['0', 'false', 'off', 'no']);

export function cacheInvalidateEndpoint(options: CacheInvalidateOptions): Endpoint {
  return {
    name: 'cacheInvalidate',
    path: '/cache/invalidate',
    methods: ['GET', 'POST'],
    guard: options.guard,
    async answer({ response, query }) {
      const kinds = readKinds(query);
      if (typeof kinds === 'string') {
        respondText(response, 400, kinds);
        return;
      }
      const problem = kinds.length === 0 ? undefined : await refreshed(kinds);
      if (problem !== undefined) {
        respondText(response, 503, problem);
        return;
      }
      writeHead(response, 204, {});
      response.end();
    },
  };

  /** Undefined when it worked. */
  function refreshed(kinds: readonly ResourceKind[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = options.clock.after(PATIENCE_MS, () =>
        resolve('The refresh takes longer than 25 s and goes on; what is known stays in force.'),
      );
      options
        .refresh(kinds)
        .then(() => resolve(undefined))
        .catch((error) => resolve(`The refresh failed, and what is known stays in force: ${describeError(error)}`))
        .finally(() => timer.cancel());
    });
  }
}

/** The lists asked for, in our order; or the sentence that says what is wrong with the query. */
function readKinds(query: string): readonly ResourceKind[] | string {
  const wanted = new Set<ResourceKind>();
  for (const [name, value] of new URLSearchParams(query)) {
    const kinds = CACHES.get(name);
    if (kinds === undefined) {
      return `'${oneLine(name).slice(0, 40)}' is no cache; there are ${[...CACHES.keys()].join(', ')}.`;
    }
    const isWanted = YES.has(value.toLowerCase());
    if (!isWanted && !NO.has(value.toLowerCase())) return `'${name}' takes 1, true, on, yes, 0, false, off or no.`;
    if (isWanted) for (const kind of kinds) wanted.add(kind);
  }
  return RESOURCE_KINDS.filter((kind) => wanted.has(kind));
}
