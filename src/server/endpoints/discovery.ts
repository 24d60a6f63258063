import type { DirectoryFilter } from '../../discovery/directory-filter.js';
import type { RenderOptions } from '../../discovery/sd-document.js';
import { acceptsJson } from '../accepts-json.js';
import { type AddressOptions, advertisedAddress } from '../advertised-address.js';
import type { CurrentDirectory } from '../current-directory.js';
import { matches } from '../entity-tag.js';
import type { Guard } from '../guard.js';
import { readAskedPart } from '../query.js';
import { respond, respondNotModified, respondText } from '../respond.js';
import type { Endpoint } from '../router.js';

export interface DiscoveryEndpointOptions {
  readonly guard: Guard;
  readonly current: CurrentDirectory;
  readonly address: AddressOptions;
  readonly ownMetricsEndpoint: boolean;
  /** Stands for the options that decide what is answered; the same in replicas that are set up alike. */
  readonly configHash: number;
  /** Why there is no directory yet, or nothing of this foundation in it, in words. */
  readonly whyNotReady: (foundation: string | undefined) => string;
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
      if (!acceptsJson(request.headers.accept)) {
        // As the original does (facts/promregator.md 1).
        respondText(response, 406, `This document is ${JSON_TYPE}, which the header Accept does not take.`);
        return;
      }
      const asked = readAskedPart(query, options.current);
      if (asked.kind === 'bad_request') {
        respondText(response, 400, asked.problem);
        return;
      }
      const document = asked.kind === 'part' ? options.current.document(renderOptions(asked.filter)) : undefined;
      if (document !== undefined) {
        const headers = { etag: document.etag, ...versionHeaders(options) };
        if (matches(request.headers['if-none-match'], document.etag)) respondNotModified(response, headers);
        else respond(response, { status: 200, contentType: JSON_TYPE, body: document.bytes, headers });
        return;
      }
      const reason = options.whyNotReady(asked.kind === 'not_ready' ? asked.foundation : undefined);
      respondText(response, 503, reason, { 'retry-after': RETRY_SECONDS });

      function renderOptions(filter: DirectoryFilter | undefined): RenderOptions {
        return {
          address: advertisedAddress(request, options.address),
          ownMetrics: options.ownMetricsEndpoint && filter === undefined,
          filter,
        };
      }
    },
  };
}

/** For whoever compares replicas by hand; the metrics say the same. Hexadecimal, as hashes are read. */
function versionHeaders({ configHash, current }: DiscoveryEndpointOptions): Readonly<Record<string, string>> {
  const hex = (hash: number): string => hash.toString(16).padStart(12, '0');
  return {
    'x-promregator-config': hex(configHash),
    ...(current.version === undefined ? {} : { 'x-promregator-inventory': hex(current.version) }),
  };
}
