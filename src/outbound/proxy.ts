import type { ProxyConfig } from '../config/config.js';
import { createNoProxy } from './no-proxy.js';

/** A proxy as connections use it. */
export interface OutboundProxy {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  /** `proxy.example.org:3128`, for errors. */
  readonly name: string;
  /** Headers for the proxy alone; never for a request that goes elsewhere. Made anew, so that no secret lies about. */
  readonly headers: () => Readonly<Record<string, string>>;
}

/** The proxy for a host, without brackets; undefined for a direct connection. */
export type ProxyRoute = (host: string, port: number) => OutboundProxy | undefined;

export function createProxyRoute(config: ProxyConfig | undefined): ProxyRoute {
  if (config === undefined) return () => undefined;
  const direct = createNoProxy(config.noProxy);
  const host = config.host.replace(/^\[(.*)\]$/, '$1');
  const proxy: OutboundProxy = {
    host,
    port: config.port,
    scheme: config.scheme,
    name: `${host.includes(':') ? `[${host}]` : host}:${config.port}`,
    headers: () => authorization(config.credentials),
  };
  return (targetHost, targetPort) => (direct(targetHost, targetPort) ? undefined : proxy);
}

/** Basic (RFC 7617), in UTF-8. */
function authorization(credentials: ProxyConfig['credentials']): Readonly<Record<string, string>> {
  if (credentials === undefined) return {};
  const pair = Buffer.from(`${credentials.username}:${credentials.password.reveal()}`, 'utf8');
  return { 'proxy-authorization': `Basic ${pair.toString('base64')}` };
}
