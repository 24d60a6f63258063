import { OWN_METRICS_PATH } from '../../discovery/sd-document.js';
import { preferredFormat } from '../../exposition/accept.js';
import { REGISTRY_FORMATS, type Registry } from '../../telemetry/registry.js';
import type { Guard } from '../guard.js';
import { respond } from '../respond.js';
import type { Endpoint } from '../router.js';

/** Our own metrics. Replicas scrape each other's, so the loop mark is no reason to refuse. */
export function ownMetricsEndpoint(options: { readonly guard: Guard; readonly registry: Registry }): Endpoint {
  return {
    name: 'promregatorMetrics',
    path: OWN_METRICS_PATH,
    methods: ['GET', 'HEAD'],
    guard: options.guard,
    async answer({ request, response }) {
      const { format, contentType } = preferredFormat(request.headers.accept, REGISTRY_FORMATS);
      const body = await options.registry.render(format === 'openmetrics' ? 'openmetrics' : 'text');
      respond(response, { status: 200, contentType, body });
    },
  };
}
