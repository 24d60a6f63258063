/**
 * Whether a URL may name this host, with or without a port, and means the same by it. Names that Cloud Foundry takes may
 * not stand in a URL (https://url.spec.whatwg.org/#host-parsing): `foo.123` counts as a bad IPv4 address, `xn--a` as bad
 * Punycode; `a.0x1` likewise. Others are read as something else: `1.2` as 1.0.0.2.
 */
export function isUrlHost(authority: string): boolean {
  if (!/^[a-z0-9._-]+(?::[0-9]+)?$/.test(authority)) return false;
  const text = `http://${authority}`;
  return URL.canParse(text) && new URL(text).hostname === authority.split(':', 1)[0];
}
