import { OPEN } from '../guard.js';
import { respondText } from '../respond.js';
import type { Endpoint } from '../router.js';

/** The process works: it answered. Nothing outside of it changes that. */
export function healthyEndpoint(): Endpoint {
  return {
    name: 'healthy',
    path: '/-/healthy',
    methods: ['GET', 'HEAD'],
    guard: OPEN,
    answer: ({ response }) => respondText(response, 200, 'Promregator is healthy.'),
  };
}

/**
 * Whether to send requests here. A platform takes unready replicas out of its routing, so an outage of Cloud Foundry's API
 * must not turn this: the last directory serves on. `whyNot` gives the sentence, or undefined when ready.
 */
export function readyEndpoint(whyNot: () => string | undefined): Endpoint {
  return {
    name: 'ready',
    path: '/-/ready',
    methods: ['GET', 'HEAD'],
    guard: OPEN,
    answer({ response }) {
      const reason = whyNot();
      if (reason === undefined) respondText(response, 200, 'Promregator is ready.');
      else respondText(response, 503, reason);
    },
  };
}
