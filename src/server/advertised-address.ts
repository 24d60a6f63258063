import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AdvertisedAddress } from '../discovery/sd-document.js';
import { HOST } from './head-fault.js';

export interface AddressOptions {
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly scheme: 'http' | 'https' | undefined;
  readonly externalUrl:
    | { readonly scheme: 'http' | 'https'; readonly hostname: string; readonly port: number; readonly path: string }
    | undefined;
  /** Peers whose `Forwarded` and `X-Forwarded-*` are believed; `everybody` behind the router of Cloud Foundry. */
  readonly believed: Believed;
  /** In front of our paths when no external URL says otherwise. */
  readonly contextPath: string;
}

export type Believed = 'everybody' | { contains(address: string): boolean };

interface Origin {
  readonly host: string;
  /** Undefined where the scheme's own is meant. */
  readonly port: number | undefined;
  readonly scheme: 'http' | 'https' | undefined;
}

/**
 * The address under which the caller reaches us, for the targets of `/discovery`. In order: what the operator set, what a
 * trusted proxy says, the Host header, the local address. A Host that is no host name is passed over.
 */
export function advertisedAddress(request: IncomingMessage, options: AddressOptions): AdvertisedAddress {
  const { externalUrl } = options;
  if (externalUrl !== undefined) {
    const host = `${externalUrl.hostname}:${externalUrl.port}`;
    return { host, scheme: externalUrl.scheme, pathPrefix: externalUrl.path };
  }
  const seen =
    forwardedOrigin(request, options.believed) ??
    hostOrigin(request.headers.host, ownScheme(request)) ??
    localOrigin(request);
  const hostname = options.hostname === undefined ? seen.host : bracketed(options.hostname);
  const scheme = options.scheme ?? (options.port === undefined ? seen.scheme : undefined);
  return {
    host: `${hostname}:${options.port ?? seen.port ?? (scheme === 'https' ? 443 : 80)}`,
    scheme,
    pathPrefix: options.contextPath,
  };
}

/** `Forwarded` (RFC 7239) before the older `X-Forwarded-*`; of several proxies the first is nearest to the client. */
function forwardedOrigin(request: IncomingMessage, believed: Believed): Origin | undefined {
  if (!isBelieved(request.socket.remoteAddress, believed)) return undefined;
  const { headers } = request;
  const first = headers.forwarded?.split(',')[0] ?? '';
  const proto = schemeOf(pair(first, 'proto') ?? firstOf(headers['x-forwarded-proto']));
  const host = pair(first, 'host') ?? firstOf(headers['x-forwarded-host']) ?? headers.host;
  const port = firstOf(headers['x-forwarded-port']);
  if (proto === undefined && host === headers.host && port === undefined) return undefined;
  const origin = hostOrigin(host, proto);
  if (origin === undefined) return undefined;
  const isPort = port !== undefined && /^\d{1,5}$/.test(port) && isUsable(Number(port)) && !/:\d+$/.test(host ?? '');
  return isPort ? { ...origin, port: Number(port) } : origin;
}

function isBelieved(peer: string | undefined, believed: Believed): boolean {
  return believed === 'everybody' || (peer !== undefined && believed.contains(peer));
}

function pair(element: string, name: string): string | undefined {
  const match = element.match(new RegExp(`(?:^|;)\\s*${name}=(?:"([^"]*)"|([^;\\s]*))`, 'i'));
  return match?.[1] ?? match?.[2];
}

function firstOf(value: string | string[] | undefined): string | undefined {
  const text = typeof value === 'string' ? value : value?.[0];
  return text?.split(',')[0]?.trim();
}

function schemeOf(text: string | undefined): 'http' | 'https' | undefined {
  const scheme = text?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

function hostOrigin(text: string | undefined, scheme: 'http' | 'https' | undefined): Origin | undefined {
  const match = text?.match(HOST);
  const host = match?.[1];
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (host === undefined || (host.startsWith('[') && !isIPv6(host.slice(1, -1)))) return undefined;
  return port === undefined || isUsable(port) ? { host, port, scheme } : undefined;
}

function isUsable(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

function localOrigin({ socket }: IncomingMessage): Origin {
  const address = (socket.localAddress ?? 'localhost').replace(/^::ffff:(?=\d+\.)/i, '');
  return { host: bracketed(address), port: socket.localPort ?? 80, scheme: ownScheme({ socket }) };
}

/** Where we speak TLS ourselves, targets without a scheme could not be scraped. */
function ownScheme({ socket }: Pick<IncomingMessage, 'socket'>): 'https' | undefined {
  return socket instanceof TLSSocket ? 'https' : undefined;
}

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
