import { Secret } from '../../base/secret.js';
import type { ProxyConfig } from '../config.js';

export interface ProxyAddress {
  /** IPv6 addresses stand in brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly scheme: 'http' | 'https' | undefined;
  readonly credentials: ProxyConfig['credentials'];
}

/** `proxy`, `proxy:3128`, `http://user:password@proxy:3128/`; undefined for anything else, such as other schemes. */
export function parseProxyAddress(text: string): ProxyAddress | undefined {
  const [, scheme, rest = ''] = /^(?:(https?):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  // A scheme without a default port, so that a written :80 is kept.
  const url = `promregator://${rest}`;
  if (/[\s\\?#]/.test(rest) || rest.includes('://') || !URL.canParse(url)) return undefined;
  const { hostname, port, username, password, pathname } = new URL(url);
  if (!/^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i.test(hostname) || (pathname !== '' && pathname !== '/') || port === '0') {
    return undefined;
  }
  // Under a scheme of its own 1.2.3.256 is a name; by http it is an address that there is not.
  if (!URL.canParse(`http://${hostname}`)) return undefined;
  const user = decode(username);
  const secret = decode(password);
  if (user === undefined || secret === undefined) return undefined;
  return {
    host: hostname,
    port: port === '' ? undefined : Number(port),
    scheme: scheme === undefined ? undefined : scheme.toLowerCase() === 'https' ? 'https' : 'http',
    credentials: user === '' && secret === '' ? undefined : { username: user, password: new Secret(secret) },
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a lone % is no escape; the caller says that the address is wrong, without showing it
  }
}
