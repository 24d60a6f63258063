import { isIP } from 'node:net';

/** Without the dot at its end; a label has 63 at most (RFC 1035, 2.3.4). */
const LONGEST_NAME = 253;

/**
 * Whether this host, without a port, is a name that a URL and DNS may hold, and means the same in both. Names that
 * Cloud Foundry takes may not stand in a URL (https://url.spec.whatwg.org/#host-parsing): `foo.123` counts as a bad IPv4
 * address; `a.0x1` likewise. Others are read as something else: `1.2` as 1.0.0.2. Bad Punycode (`xn--a`) is a name that may be
 * asked where Node reads URLs by the newer text of that standard, as Node 24 does, and none with Node 20.
 *
 * Nor is it a bare address, or a name that is always this machine (RFC 6761, 6.3): routes are names that lead to the
 * router, and a tenant who may choose a domain could choose our own neighbours, or the machine's metadata service.
 */
export function isUrlHost(name: string): boolean {
  if (!/^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/.test(name)) return false;
  if (name.length > LONGEST_NAME || isIP(name) !== 0 || /(?:^|\.)localhost$/.test(name)) return false;
  const text = `http://${name}`;
  return URL.canParse(text) && new URL(text).hostname === name;
}
