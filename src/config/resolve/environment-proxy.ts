import type { ProxyConfig } from '../config.js';
import type { Reporter } from '../report.js';
import type { Environment } from '../sources/environment-source.js';
import { parseProxyAddress } from './proxy-address.js';

/** Hosts that no proxy counts for: `NO_PROXY` in either case, the lower before the upper as curl has it. */
export function noProxyOf(env: Environment): readonly string[] {
  const text = env['no_proxy'] || env['NO_PROXY'] || '';
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

/** By the scheme of the URLs that they are for. */
export interface EnvironmentProxies {
  readonly http: ProxyConfig | undefined;
  readonly https: ProxyConfig | undefined;
}

export const NO_PROXIES: EnvironmentProxies = { http: undefined, https: undefined };

const VARIABLES = {
  https: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
  http: ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
} as const;

const DEFAULT_PORTS = { http: 80, https: 443 };

/** The proxies that the environment names. A broken variable is reported, once, and counts as none. */
export function readEnvironmentProxies(env: Environment, reporter: Reporter): EnvironmentProxies {
  const find = (scheme: keyof EnvironmentProxies): string | undefined =>
    VARIABLES[scheme].find((name) => (env[name] ?? '') !== '');
  const names = { http: find('http'), https: find('https') };
  const read = new Map(
    [...new Set(Object.values(names))].map((name) => [
      name,
      name === undefined ? undefined : readOne(name, env, reporter),
    ]),
  );
  return { http: read.get(names.http), https: read.get(names.https) };
}

function readOne(name: string, env: Environment, reporter: Reporter): ProxyConfig | undefined {
  const address = parseProxyAddress(env[name] ?? '');
  if (address === undefined) {
    const expected = 'http:// or https://, a host and a port, perhaps user:password@ before it, in URL encoding';
    const found = 'a value that is no proxy (not shown)';
    reporter.errorAt({ kind: 'environment', name }, [], { found, expected });
    return undefined;
  }
  const scheme = address.scheme ?? 'http';
  return {
    host: address.host,
    port: address.port ?? DEFAULT_PORTS[scheme],
    scheme,
    credentials: address.credentials,
    noProxy: noProxyOf(env),
  };
}
