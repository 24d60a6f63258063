import { BlockList, isIP, isIPv4 } from 'node:net';

/** Peers whose word on the original request is believed. */
export interface TrustedProxies {
  /** As written. */
  readonly networks: readonly string[];
  /** `address` as a socket names its peer: IPv4, IPv6, or IPv4 in IPv6 (`::ffff:10.0.0.1`). */
  contains(address: string): boolean;
}

/** Networks that are none are left out: `parseNetwork` says so before. */
export function createTrustedProxies(networks: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const network of networks) {
    const parsed = parseNetwork(network);
    if (parsed !== undefined) list.addSubnet(parsed.address, parsed.bits, parsed.family);
  }
  return {
    networks,
    contains(address) {
      const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
      return isIP(plain) !== 0 && list.check(plain, familyOf(plain));
    },
  };
}

export interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
export function parseNetwork(text: string): Network | undefined {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match?.[1] ?? '';
  if (isIP(address) === 0 || address.includes('%')) return undefined;
  const family = familyOf(address);
  const most = family === 'ipv4' ? 32 : 128;
  const bits = match?.[2] === undefined ? most : Number(match[2]);
  return bits <= most ? { address, bits, family } : undefined;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
