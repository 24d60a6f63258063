import { BlockList, isIP } from 'node:net';

/** Whether a host is to be reached without the proxy. Host without brackets. */
export type NoProxy = (host: string, port: number) => boolean;

/**
 * Hosts that `NO_PROXY` and its like except, by the rules of Go's httpproxy, which Prometheus and the cf CLI follow too:
 *
 * - `*` is every host;
 * - `example.org` is that host and all below it, `.example.org` and `*.example.org` only those below it (curl counts
 *   the host itself too);
 * - `10.1.2.3`, `::1` and networks such as `10.0.0.0/8` are for hosts written as addresses: no name is looked up;
 * - each but a network may end in a port, `example.org:8080`, `[::1]:8080`;
 * - `localhost` and addresses of loopback are never asked of a proxy, since there they would be the proxy's own;
 * - ours, for Java's `http.nonProxyHosts`: `=example.org` is that host alone, and `*` elsewhere stands for any characters.
 *
 * An entry may itself be a list, with commas or spaces.
 */
export function createNoProxy(entries: readonly string[]): NoProxy {
  const matchers = entries.flatMap((entry) => entry.split(/[\s,]+/)).flatMap((entry) => compile(entry.toLowerCase()));
  const loopback = loopbackAddresses();
  const isLoopback = (host: string): boolean =>
    host === 'localhost' || host.endsWith('.localhost') || contains(loopback, host);
  return (host, port) => {
    const name = host.toLowerCase().replace(/\.$/, '');
    return isLoopback(name) || matchers.some((matches) => matches(name, port));
  };
}

function compile(entry: string): readonly NoProxy[] {
  if (entry === '') return [];
  if (entry === '*') return [() => true];
  const network = networkMatcher(entry);
  if (network !== undefined) return [network];
  const { pattern, port } = splitPort(entry);
  const matches = hostMatcher(pattern);
  return [(host, toPort) => (port === undefined || port === toPort) && matches(host)];
}

function networkMatcher(entry: string): NoProxy | undefined {
  const [, address = '', bits = ''] = /^\[?([^[\]]+)\]?\/(\d{1,3})$/.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family(version));
  return (host) => contains(list, host);
}

/** Several colons without brackets are an address, not a port. */
function splitPort(entry: string): { readonly pattern: string; readonly port: number | undefined } {
  const [, inBrackets, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const pattern = inBrackets ?? plain;
  if (pattern === undefined) return { pattern: entry, port: undefined };
  return { pattern, port: port === undefined ? undefined : Number(port) };
}

function hostMatcher(pattern: string): (host: string) => boolean {
  if (pattern.startsWith('=')) return sameHost(pattern.slice(1));
  const below = pattern.startsWith('*.') ? pattern.slice(1) : pattern;
  if (below.includes('*')) return globMatcher(below);
  if (below.startsWith('.')) return (host) => host.endsWith(below) && host.length > below.length;
  const same = sameHost(below);
  if (isIP(below) !== 0) return same;
  return (host) => same(host) || host.endsWith(`.${below}`);
}

/** An address has several spellings. */
function sameHost(pattern: string): (host: string) => boolean {
  const version = isIP(pattern);
  if (version === 0) return (host) => host === pattern;
  const list = new BlockList();
  list.addAddress(pattern, family(version));
  return (host) => contains(list, host);
}

function globMatcher(pattern: string): (host: string) => boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*');
  const expression = new RegExp(`^${source}$`);
  return (host) => expression.test(host);
}

function loopbackAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  return list;
}

function contains(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, family(version));
}

function family(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6';
}
