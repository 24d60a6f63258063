import { debugView } from '../../discovery/debug-view.js';
import type { CurrentDirectory } from '../current-directory.js';
import type { Guard } from '../guard.js';
import { readAskedPart } from '../query.js';
import { respond, respondText } from '../respond.js';
import type { Endpoint } from '../router.js';
import { RETRY_SECONDS } from './discovery.js';

export interface DebugDiscoveryOptions {
  /** As strict as that of the discovery document: it tells the same names and more. */
  readonly guard: Guard;
  readonly current: CurrentDirectory;
  readonly whyNotReady: (foundation: string | undefined) => string;
  /** Ages, failures and errors of the inventory's lists. */
  readonly inventory: () => unknown;
}

/** Which rule takes what, and why applications are left out: for people, so indented. */
export function debugDiscoveryEndpoint(options: DebugDiscoveryOptions): Endpoint {
  return {
    name: 'debug',
    path: '/debug/discovery',
    methods: ['GET', 'HEAD'],
    guard: options.guard,
    answer({ response, query }) {
      const asked = readAskedPart(query, options.current);
      if (asked.kind === 'bad_request') {
        respondText(response, 400, asked.problem);
      } else if (asked.kind === 'not_ready') {
        const body = { problem: options.whyNotReady(asked.foundation), inventory: options.inventory() };
        respondJson(503, body, { 'retry-after': RETRY_SECONDS });
      } else {
        const { foundations, ...view } = debugView(asked.directory, asked.filter);
        const missing = [...options.current.missing];
        respondJson(200, { foundations, missing, ...view, inventory: options.inventory() }, {});
      }

      function respondJson(status: number, value: unknown, headers: Readonly<Record<string, string>>): void {
        respond(response, {
          status,
          contentType: 'application/json',
          body: `${JSON.stringify(value, null, 2)}\n`,
          headers,
        });
      }
    },
  };
}
