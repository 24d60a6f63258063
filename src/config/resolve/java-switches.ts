import type { ProxyConfig, TlsConfig } from '../config.js';
import type { RawConfig } from '../schema/root.js';
import { type KeyStoreSource, readKeyStore, readTrustStore, type StoreSource } from '../tls-material/key-store.js';
import { PLAIN_TLS } from '../tls-material/tls-config.js';
import type { ResolveContext } from './context.js';
import { noProxyOf } from './environment-proxy.js';
import { parseProxyAddress } from './proxy-address.js';

const SSL = ['javax', 'net', 'ssl'];

/** TLS towards applications where options say nothing: the stores that Java's switches name (facts, promregator 4). */
export async function javaTls(raw: RawConfig, context: ResolveContext): Promise<TlsConfig> {
  const { ssl } = raw.javax.net;
  const trust = storeOf('trustStore', ssl.trustStore, ssl.trustStorePassword);
  const key = storeOf('keyStore', ssl.keyStore, ssl.keyStorePassword);
  return {
    ...PLAIN_TLS,
    certificateAuthorities: trust === undefined ? [] : await readTrustStore(trust, context),
    identity: key === undefined ? undefined : await readKeyStore(key, context),
  };
}

/** `NONE` is Java's word for no file. */
function storeOf(
  name: 'trustStore' | 'keyStore',
  file: string | undefined,
  secret: StoreSource['password']['secret'],
): KeyStoreSource | undefined {
  if (file === undefined || file === 'NONE') return undefined;
  return { path: [...SSL, name], file, password: { path: [...SSL, `${name}Password`], secret } };
}

/** What Java uses where nothing is said. */
const DEFAULT_PORTS = { http: 80, https: 443 };

/** The proxy towards applications that Java's switches name, one for each scheme. */
export function javaProxy(raw: RawConfig, { env, reporter }: ResolveContext): ProxyConfig | undefined {
  const read = (scheme: 'http' | 'https'): ProxyConfig | undefined => {
    const { proxyHost, proxyPort } = raw[scheme];
    if (proxyHost === undefined) return undefined;
    const address = parseProxyAddress(proxyHost);
    if (address === undefined || address.scheme !== undefined || address.credentials !== undefined) {
      const expected = 'a host name or address alone';
      reporter.error([scheme, 'proxyHost'], { found: 'a value that is no host (not shown)', expected });
      return undefined;
    }
    const port = proxyPort ?? address.port ?? DEFAULT_PORTS[scheme];
    const noProxy = [...parseNonProxyHosts(raw.http.nonProxyHosts ?? ''), ...noProxyOf(env)];
    return { host: address.host, port, scheme: 'http', credentials: undefined, noProxy };
  };
  const plain = read('http');
  const secure = read('https');
  if (plain === undefined || secure === undefined) {
    if (secure !== undefined) return { ...secure, only: 'https' };
    return plain === undefined ? undefined : { ...plain, only: 'http' };
  }
  if (plain.host !== secure.host || plain.port !== secure.port) {
    reporter.warning(['http', 'proxyHost'], {
      found: 'a proxy for http that is not the one for https',
      expected: 'one proxy for both',
      remedy: 'that of https is used for both',
    });
  }
  return secure;
}

/** `*.foo.example|10.*`: a name is that name alone, which `=` says in our lists. */
function parseNonProxyHosts(text: string): readonly string[] {
  const patterns = text.split('|').map((pattern) => pattern.trim());
  return patterns
    .filter((pattern) => pattern !== '')
    .map((pattern) => (pattern.includes('*') ? pattern : `=${pattern.replace(/^\[(.*)\]$/, '$1')}`));
}
