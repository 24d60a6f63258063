import { Secret } from '../../base/secret.js';
import type { HostAndPort } from '../config.js';

export interface RedisUrl {
  readonly host: string;
  readonly port: number | undefined;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  readonly database: number | undefined;
}

const SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ['redis', false],
  ['valkey', false],
  ['rediss', true],
  ['valkeys', true],
]);

/** `rediss://user:password@host:port/database` (the IANA schemes redis and rediss); undefined for anything else. */
export function parseRedisUrl(text: string): RedisUrl | undefined {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.+)$/is.exec(text.trim()) ?? [];
  const tls = SCHEMES.get(scheme.toLowerCase());
  const url = `promregator://${rest}`;
  if (tls === undefined || /[\s\\#?]/.test(rest) || !URL.canParse(url)) return undefined;
  const { hostname, port, username, password, pathname } = new URL(url);
  const [, database] = /^\/?(\d{1,5})?$/.exec(pathname) ?? [];
  if (!isHost(hostname) || port === '0' || (database === undefined && pathname.length > 1)) return undefined;
  const user = decode(username);
  const secret = decode(password);
  if (user === undefined || secret === undefined) return undefined;
  return {
    host: withoutBrackets(hostname),
    port: port === '' ? undefined : Number(port),
    tls,
    username: user === '' ? undefined : user,
    password: secret === '' ? undefined : new Secret(secret),
    database: database === undefined ? undefined : Number(database),
  };
}

/** `host`, `host:port`, `[::1]:26379`; undefined for anything else. */
export function parseHostAndPort(text: string, defaultPort: number): HostAndPort | undefined {
  const url = parseRedisUrl(`redis://${text}`);
  if (url === undefined || /[@/]/.test(text)) return undefined;
  return { host: url.host, port: url.port ?? defaultPort };
}

function isHost(name: string): boolean {
  return /^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i.test(name);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a lone % is no escape; the caller says that the address is wrong, without showing it
  }
}
