import type { CfConfig, CfCredentials, ProxyConfig, ResourceKind, TlsConfig, WatchdogConfig } from '../config.js';
import { formatPath, type Path } from '../path.js';
import type { Reporter } from '../report.js';
import { DEFAULT_REQUEST_TIMEOUT_MS } from '../schema/cf.js';
import type { RawConfig } from '../schema/root.js';
import type { RawTls } from '../schema/tls.js';
import type { ResolveContext } from './context.js';
import { type EnvironmentProxies, noProxyOf } from './environment-proxy.js';
import { resolveProxy } from './proxy.js';
import { parseOrigin } from './web-address.js';

type RawCf = RawConfig['cf'];

/** Lists of thousands of elements take their time; less than this would fail for ever. */
const SHORTEST_REQUEST_TIMEOUT_MS = 10_000;

/** Connections that the original keeps at least, whatever the machine. */
const FEWEST_CORES = 8;

export interface CfContext extends ResolveContext {
  readonly tlsOf: (raw: RawTls, path: Path) => Promise<TlsConfig>;
  /** For where no option names a proxy. */
  readonly environmentProxies: EnvironmentProxies;
}

/** Undefined when something mandatory is missing; it is reported then. `path`: `cf`, or an item of `foundations`. */
export async function resolveCf(raw: RawCf, path: Path, context: CfContext): Promise<CfConfig | undefined> {
  const { reporter, cores } = context;
  const apiOrigin = resolveApiOrigin(raw.api_host, path, reporter);
  const credentials = resolveCredentials(raw, path, reporter);
  const requestTimeoutMs = resolveRequestTimeouts(raw, path, reporter);
  const tls = await context.tlsOf(raw.tls_config, [...path, 'tls_config']);
  const proxy = resolveCfProxy(raw, path, context);
  if (apiOrigin === undefined || credentials === undefined) return undefined;
  const { timeout: refresh, shrink } = raw.cache;
  return {
    apiOrigin,
    credentials,
    tls: raw.skipSslValidation ? { ...tls, verify: 'never' } : tls,
    proxy: proxy ?? context.environmentProxies[apiOrigin.startsWith('https:') ? 'https' : 'http'],
    connectionPoolSize: raw.connectionPool.size ?? Math.max(cores, FEWEST_CORES) * 2,
    requestTimeoutMs,
    backoffMs: raw.request.backoff,
    rateLimitPerSecond: raw.request.rateLimit,
    refreshSeconds: {
      organizations: refresh.org,
      spaces: refresh.space,
      apps: refresh.application,
      processes: refresh.process,
      routes: refresh.route,
      domains: refresh.domain,
    },
    shrinkShares: {
      organizations: shrink.org,
      spaces: shrink.space,
      apps: shrink.application,
      processes: shrink.process,
      routes: shrink.route,
      domains: shrink.domain,
    },
    pageSize: raw.request.pageSize,
    watchdog: resolveWatchdog(raw),
  };
}

function resolveWatchdog({ watchdog }: RawCf): WatchdogConfig | undefined {
  if (!watchdog.enabled) return undefined;
  return {
    timeoutMs: watchdog.timeout,
    rateMs: watchdog.rate * 1000,
    initialDelayMs: watchdog.initialDelay * 1000,
    restartCount: watchdog.restartCount,
  };
}

/** `proxyHost` and `proxyPort` are names of 0.x; the later ones count first. */
function resolveCfProxy(raw: RawCf, path: Path, { env, reporter }: CfContext): ProxyConfig | undefined {
  const noProxy = noProxyOf(env);
  if (raw.proxy.host !== undefined || raw.proxyHost === undefined) {
    return resolveProxy(raw.proxy, { path: [...path, 'proxy'], reporter, noProxy });
  }
  return resolveOldProxy(raw, path, { reporter, noProxy });
}

/** The proxy of 0.x, which counts for applications too. */
export function resolveOldProxy(
  raw: Pick<RawCf, 'proxyHost' | 'proxyPort'>,
  path: Path,
  { reporter, noProxy }: { readonly reporter: Reporter; readonly noProxy: readonly string[] },
): ProxyConfig | undefined {
  const names = { host: 'proxyHost', port: 'proxyPort' };
  return resolveProxy({ host: raw.proxyHost, port: raw.proxyPort }, { path, names, reporter, noProxy });
}

function resolveApiOrigin(text: string | undefined, path: Path, reporter: Reporter): string | undefined {
  const at = [...path, 'api_host'];
  if (text === undefined) {
    const remedy = `set it in the file or as ${variableOf(at)} in the environment`;
    reporter.missing(at, { expected: 'the host of the Cloud Foundry API', remedy });
    return undefined;
  }
  const origin = parseOrigin(text);
  if (origin === undefined) {
    const expected = 'a host such as api.example.org, with or without https:// and port, and without path and user';
    reporter.error(at, { found: 'a value that is no host', expected });
  }
  return origin;
}

function resolveCredentials(raw: RawCf, path: Path, reporter: Reporter): CfCredentials | undefined {
  const { username, password, client_id: clientId, client_secret: clientSecret } = raw;
  const here = formatPath(path);
  const asUser = username !== undefined || password !== undefined;
  const asClient = clientId !== undefined || clientSecret !== undefined;
  if (asUser && asClient) {
    const remedy = 'remove one pair, or its variables from the environment';
    const expected = `either ${here}.username and ${here}.password, or ${here}.client_id and ${here}.client_secret`;
    reporter.error([...path, clientId === undefined ? 'client_secret' : 'client_id'], {
      found: 'a client beside a user',
      expected,
      remedy,
    });
    return undefined;
  }
  if (asClient) {
    if (clientId !== undefined && clientSecret !== undefined) {
      return { grant: 'client_credentials', clientId, clientSecret };
    }
    reportMissing(clientId === undefined ? 'client_id' : 'client_secret', path, reporter);
    return undefined;
  }
  if (username !== undefined && password !== undefined) return { grant: 'password', username, password };
  if (username === undefined) reportMissing('username', path, reporter);
  if (password === undefined) reportMissing('password', path, reporter);
  return undefined;
}

const MISSING = {
  username: { expected: 'the user that asks Cloud Foundry', of: undefined },
  password: { expected: 'the password of', of: 'username' },
  client_id: { expected: 'the client that belongs to', of: 'client_secret' },
  client_secret: { expected: 'the secret of', of: 'client_id' },
} as const;

function reportMissing(name: keyof typeof MISSING, path: Path, reporter: Reporter): void {
  const at = [...path, name];
  const { expected, of } = MISSING[name];
  const remedy = `set it in the file or as ${variableOf(at)} in the environment`;
  reporter.missing(at, { expected: of === undefined ? expected : `${expected} ${formatPath([...path, of])}`, remedy });
}

/** `FOUNDATIONS_0_USERNAME`, `CF_API_HOST`. */
function variableOf(path: Path): string {
  return path.join('_').toUpperCase();
}

function resolveRequestTimeouts(raw: RawCf, path: Path, reporter: Reporter): Readonly<Record<ResourceKind, number>> {
  const raised = (name: keyof RawCf['request']['timeout']): number | undefined => {
    const value = raw.request.timeout[name];
    if (value === undefined || value >= SHORTEST_REQUEST_TIMEOUT_MS) return value;
    reporter.warning([...path, 'request', 'timeout', name], {
      found: `"${value}"`,
      expected: `at least ${SHORTEST_REQUEST_TIMEOUT_MS} ms, since a request fetches thousands of elements`,
      remedy: `${SHORTEST_REQUEST_TIMEOUT_MS} is used`,
    });
    return SHORTEST_REQUEST_TIMEOUT_MS;
  };
  const apps = raised('appInSpace');
  return {
    organizations: raised('org') ?? DEFAULT_REQUEST_TIMEOUT_MS,
    spaces: raised('space') ?? DEFAULT_REQUEST_TIMEOUT_MS,
    apps: apps ?? raised('app') ?? DEFAULT_REQUEST_TIMEOUT_MS,
    processes: raised('process') ?? DEFAULT_REQUEST_TIMEOUT_MS,
    routes: raised('route') ?? DEFAULT_REQUEST_TIMEOUT_MS,
    domains: raised('domain') ?? DEFAULT_REQUEST_TIMEOUT_MS,
  };
}
