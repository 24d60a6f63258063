import type { Guard } from '../guard.js';
import { respondText } from '../respond.js';
import type { Endpoint } from '../router.js';

export interface ReloadEndpointOptions {
  readonly guard: Guard;
  /** By `--web.enable-lifecycle`. */
  readonly lifecycle: 'enabled' | 'disabled';
  /** Reads the configuration anew, all or nothing. The reason holds no secret. */
  readonly reload: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>;
}

/** As Prometheus has it, its sentence on what is not enabled included (facts/prometheus.md 7.2). */
export function reloadEndpoint({ guard, lifecycle, reload }: ReloadEndpointOptions): Endpoint {
  return {
    name: 'reload',
    path: '/-/reload',
    methods: ['POST', 'PUT'],
    guard,
    async answer({ response }) {
      if (lifecycle === 'disabled') {
        respondText(response, 403, 'Lifecycle API is not enabled.');
        return;
      }
      const outcome = await reload();
      if (outcome.ok) respondText(response, 200, 'The configuration has been read anew and is in force.');
      else respondText(response, 500, `The configuration stays as it was: ${outcome.reason}`);
    },
  };
}
