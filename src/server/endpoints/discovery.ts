import { type AddressOptions, advertisedAddress } from '../advertised-address.js';
import type { CurrentDirectory } from '../current-directory.js';
import type { Guard } from '../guard.js';
import { readFilter } from '../query.js';
import { respond, respondText } from '../respond.js';
import type { Endpoint } from '../router.js';

export interface DiscoveryEndpointOptions {
  readonly guard: Guard;
  readonly current: CurrentDirectory;
  readonly address: AddressOptions;
  readonly ownMetricsEndpoint: boolean;
  /** Why there is no directory yet, in words. */
  readonly whyNotReady: () => string;
}

/** Prometheus takes nothing else (facts/prometheus.md 1.2); and never compressed, since it does not ask for that. */
const JSON_TYPE = 'application/json';

/** Prometheus keeps its targets on a 503 and comes again by itself; the header is for others. */
export const RETRY_SECONDS = '5';

export function discoveryEndpoint(options: DiscoveryEndpointOptions): Endpoint {
  return {
    name: 'discovery',
    path: '/discovery',
    methods: ['GET', 'HEAD'],
    guard: options.guard,
    answer({ request, response, query }) {
      const filter = readFilter(query);
      if (filter !== undefined && 'problem' in filter) {
        respondText(response, 400, filter.problem);
        return;
      }
      const body = options.current.document({
        address: advertisedAddress(request, options.address),
        ownMetrics: options.ownMetricsEndpoint && filter === undefined,
        filter,
      });
      if (body === undefined) respondText(response, 503, options.whyNotReady(), { 'retry-after': RETRY_SECONDS });
      else respond(response, { status: 200, contentType: JSON_TYPE, body });
    },
  };
}
