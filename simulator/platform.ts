/** Parts of the foundation that can be away as a whole. Single requests are struck by faults instead. */
export interface Platform {
  /** The scheduler: instances cannot be embedded (500), stats fail (503). */
  diego: 'up' | 'down';
  /** Stats lack usage and quotas, and carry a warning. */
  logCache: 'up' | 'down';
  /** The keys of UAA as Cloud Controller reads them: 502 for every request with a token. */
  uaaKeys: 'up' | 'down';
  /** `maintenance`: nginx answers 503 as during a backup. `unregistered`: the router knows no `api.SYS`. `failing`: it gets no answer there. */
  api: 'up' | 'maintenance' | 'unregistered' | 'failing';
  /** Without a network policy connections to internal routes are refused. */
  networkPolicy: 'allowed' | 'missing';
  /** `restarting`: the router knows no endpoints yet. */
  router: 'up' | 'restarting';
}

export function healthyPlatform(): Platform {
  return { diego: 'up', logCache: 'up', uaaKeys: 'up', api: 'up', networkPolicy: 'allowed', router: 'up' };
}
