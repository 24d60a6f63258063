import type { Guard } from '../guard.js';
import type { LoopRefusal } from '../loop-refusal.js';
import { respondText } from '../respond.js';
import type { Endpoint } from '../router.js';

/** The place of single endpoint scraping, which the original dropped with 1.0 and this version does not have yet. */
export function mergedMetricsEndpoint(options: { readonly guard: Guard; readonly loop: LoopRefusal }): Endpoint {
  return {
    name: 'metrics',
    path: '/metrics',
    methods: ['GET', 'HEAD'],
    guard: options.guard,
    answer({ request, response }) {
      if (options.loop.refuses(request, response)) return;
      respondText(
        response,
        404,
        'This version does not merge all instances into one answer: let Prometheus discover them from /discovery; our own metrics are at /promregatorMetrics.',
      );
    },
  };
}
