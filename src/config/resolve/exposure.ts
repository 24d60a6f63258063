import { isIP } from 'node:net';
import type { InboundConfig, ServerConfig } from '../config.js';
import type { Reporter } from '../report.js';

/**
 * Says once that everybody may call us. On Cloud Foundry too: the platform's routers let everybody through to a route,
 * and what we show are names and addresses of all applications.
 */
export function warnOfExposure(server: ServerConfig, inbound: InboundConfig, reporter: Reporter): void {
  const guarded = inbound.everything || Object.values(inbound.auth).some((auth) => auth !== 'NONE');
  const mutual = server.tls !== undefined && ['require', 'require-any'].includes(server.tls.clientAuth);
  if (guarded || mutual || isLoopback(server.address)) return;
  reporter.warning(['server', 'address'], {
    found: `${server.address}, where everybody who reaches us may see all targets`,
    expected: 'a guard',
    remedy: 'set promregator.discovery.auth and promregator.endpoint.auth, or listen on 127.0.0.1',
  });
}

function isLoopback(address: string): boolean {
  if (isIP(address) === 4) return address.startsWith('127.');
  return address === 'localhost' || address === '::1';
}
