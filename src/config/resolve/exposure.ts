import { isIP } from 'node:net';
import type { InboundConfig, Platform, ServerConfig } from '../config.js';
import type { Reporter } from '../report.js';

export interface Exposure {
  readonly server: ServerConfig;
  readonly inbound: InboundConfig;
  readonly platform: Platform;
}

/**
 * Says once that everybody may call us. On Cloud Foundry too: the platform's routers let everybody through to a route,
 * and what we show are names and addresses of all applications.
 */
export function warnOfExposure({ server, inbound, platform }: Exposure, reporter: Reporter): void {
  warnOfReload(server, inbound, reporter);
  const guarded = inbound.everything || Object.values(inbound.auth).some((auth) => auth !== 'NONE');
  if (guarded || isMutual(server) || isLoopback(server.address)) return;
  const guards = 'set promregator.discovery.auth and promregator.endpoint.auth';
  reporter.warning(['server', 'address'], {
    found: `${server.address}, where everybody who reaches us may see all targets`,
    expected: 'a guard',
    // Cloud Foundry's router reaches no loopback address of a container.
    remedy: platform.cloudFoundry ? guards : `${guards}, or listen on 127.0.0.1`,
  });
}

function warnOfReload(server: ServerConfig, inbound: InboundConfig, reporter: Reporter): void {
  const guarded = inbound.everything || inbound.auth.cacheInvalidate !== 'NONE' || isMutual(server);
  if (!server.lifecycle || guarded || isLoopback(server.address)) return;
  reporter.warning(['web', 'enable-lifecycle'], {
    found: 'a reload that everybody who reaches us may ask for',
    expected: 'a guard',
    remedy: 'set promregator.cache.invalidate.auth',
  });
}

function isMutual({ tls }: ServerConfig): boolean {
  return tls !== undefined && ['require', 'require-any'].includes(tls.clientAuth);
}

function isLoopback(address: string): boolean {
  if (isIP(address) === 4) return address.startsWith('127.');
  return address === 'localhost' || address === '::1';
}
