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

/** Where a request goes; the host without brackets. */
export interface Destination {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

/** The proxy on the way; undefined for a direct connection. */
export type ProxyRoute = (destination: Destination) => OutboundProxy | undefined;

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
  return (to) => {
    const concerned = config.only === undefined || config.only === to.scheme;
    return concerned && !direct(to.host, to.port) ? proxy : undefined;
  };
}

/** `http://[::1]:8080`, port and brackets being optional, in its parts. */
export function destinationOf(protocol: string, hostname: string, port: string | null | undefined): Destination {
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return { scheme, host, port: Number(port) || (scheme === 'https' ? 443 : 80) };
}

/** Basic (RFC 7617), in UTF-8. */
function authorization(credentials: ProxyConfig['credentials']): Readonly<Record<string, string>> {
  if (credentials === undefined) return {};
  const pair = Buffer.from(`${credentials.username}:${credentials.password.reveal()}`, 'utf8');
  return { 'proxy-authorization': `Basic ${pair.toString('base64')}` };
}
