import { isIPv6 } from 'node:net';

/** Connections to hosts that fit the pattern go elsewhere; Host header and TLS server name stay (curl's --connect-to). */
export interface ConnectTo {
  /** Lower case; `*` stands for one or more labels. IPv6 without brackets. */
  readonly hostPattern: string;
  /** Undefined: whatever the port. */
  readonly port: number | undefined;
  /** A host name or an address; IPv6 without brackets. */
  readonly address: string;
  /** Undefined: the port stays. */
  readonly toPort: number | undefined;
}

export type ConnectToOutcome =
  | { readonly ok: true; readonly entry: ConnectTo }
  | { readonly ok: false; readonly reason: string };

/** `*.apps.example.org:443 -> 127.0.0.1:8443`; `→` is as good an arrow. */
export function parseConnectTo(text: string): ConnectToOutcome {
  const sides = text.split(/->|→/);
  const [from, to] = sides;
  if (from === undefined || to === undefined || sides.length > 2) return fault('one arrow (->) between two hosts');
  const left = parseEndpoint(from.trim());
  const right = parseEndpoint(to.trim());
  if (left === undefined || !isPattern(left.host)) return fault('host-pattern[:port] before the arrow');
  if (right === undefined || !isAddress(right.host)) return fault('address[:port] behind the arrow, IPv6 in brackets');
  return {
    ok: true,
    entry: { hostPattern: left.host.toLowerCase(), port: left.port, address: right.host, toPort: right.port },
  };
}

interface Endpoint {
  readonly host: string;
  readonly port: number | undefined;
}

function fault(reason: string): ConnectToOutcome {
  return { ok: false, reason };
}

function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || (match?.[1] !== undefined && !isIPv6(host))) return undefined;
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  return port === undefined || (port >= 1 && port <= 65_535) ? { host, port } : undefined;
}

function isPattern(host: string): boolean {
  return isIPv6(host) || /^(?:\*|[\w-]+)(?:\.(?:\*|[\w-]+))*$/.test(host);
}

function isAddress(host: string): boolean {
  return isIPv6(host) || /^[\w-]+(?:\.[\w-]+)*$/.test(host);
}
