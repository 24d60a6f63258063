import type { InboundConfig } from '../config.js';
import type { RawConfig } from '../schema/root.js';

/** Who may call us. */
export function resolveInbound(raw: RawConfig['promregator']): InboundConfig {
  const { username, password } = raw.authentication.basic;
  const auth = {
    discovery: raw.discovery.auth,
    endpoint: raw.endpoint.auth,
    metrics: raw.metrics.auth,
    cacheInvalidate: raw.cache.invalidate.auth,
  };
  const users = password === undefined ? [] : [{ username, password, form: 'plain' as const }];
  const guarded = Object.values(auth).some((each) => each === 'BASIC');
  return {
    auth,
    users,
    madeUpUser: guarded && users.length === 0 ? username : undefined,
    tokens: [],
    everything: false,
  };
}
