import type { CfConfig, CfCredentials, ResourceKind, TlsConfig } from '../config.js';
import type { Reporter } from '../report.js';
import { DEFAULT_REQUEST_TIMEOUT_MS } from '../schema/cf.js';
import type { RawConfig } from '../schema/root.js';
import { parseOrigin } from './web-address.js';

type RawCf = RawConfig['cf'];

/** Lists of thousands of elements take their time; less than this would fail for ever. */
const SHORTEST_REQUEST_TIMEOUT_MS = 10_000;

/** Connections that the original keeps at least, whatever the machine. */
const FEWEST_CORES = 8;

/** Undefined when something mandatory is missing; it is reported then. */
export function resolveCf(raw: RawCf, tls: TlsConfig, reporter: Reporter, cores: number): CfConfig | undefined {
  const apiOrigin = resolveApiOrigin(raw.api_host, reporter);
  const credentials = resolveCredentials(raw, reporter);
  const requestTimeoutMs = resolveRequestTimeouts(raw, reporter);
  if (apiOrigin === undefined || credentials === undefined) return undefined;
  const refresh = raw.cache.timeout;
  return {
    apiOrigin,
    credentials,
    tls: raw.skipSslValidation ? { ...tls, verify: 'never' } : tls,
    proxy: undefined,
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
    pageSize: raw.request.pageSize,
  };
}

function resolveApiOrigin(text: string | undefined, reporter: Reporter): string | undefined {
  const path = ['cf', 'api_host'];
  if (text === undefined) {
    const remedy = 'set it in the file or as CF_API_HOST in the environment';
    reporter.missing(path, { expected: 'the host of the Cloud Foundry API', remedy });
    return undefined;
  }
  const origin = parseOrigin(text);
  if (origin === undefined) {
    const expected = 'a host such as api.example.org, with or without https:// and port, and without path and user';
    reporter.error(path, { found: 'a value that is no host', expected });
  }
  return origin;
}

function resolveCredentials(raw: RawCf, reporter: Reporter): CfCredentials | undefined {
  const { username, password, client_id: clientId, client_secret: clientSecret } = raw;
  const asUser = username !== undefined || password !== undefined;
  const asClient = clientId !== undefined || clientSecret !== undefined;
  if (asUser && asClient) {
    const remedy = 'remove one pair, or its variables from the environment';
    const expected = 'either cf.username and cf.password, or cf.client_id and cf.client_secret';
    reporter.error(['cf', clientId === undefined ? 'client_secret' : 'client_id'], {
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
    reportMissing(clientId === undefined ? 'client_id' : 'client_secret', reporter);
    return undefined;
  }
  if (username !== undefined && password !== undefined) return { grant: 'password', username, password };
  if (username === undefined) reportMissing('username', reporter);
  if (password === undefined) reportMissing('password', reporter);
  return undefined;
}

const MISSING = {
  username: { expected: 'the user that asks Cloud Foundry', variable: 'CF_USERNAME' },
  password: { expected: 'the password of cf.username', variable: 'CF_PASSWORD' },
  client_id: { expected: 'the client that cf.client_secret belongs to', variable: 'CF_CLIENT_ID' },
  client_secret: { expected: 'the secret of cf.client_id', variable: 'CF_CLIENT_SECRET' },
} as const;

function reportMissing(name: keyof typeof MISSING, reporter: Reporter): void {
  const { expected, variable } = MISSING[name];
  const remedy = `set it in the file or as ${variable} in the environment`;
  reporter.missing(['cf', name], { expected, remedy });
}

function resolveRequestTimeouts(raw: RawCf, reporter: Reporter): Readonly<Record<ResourceKind, number>> {
  const raised = (name: keyof RawCf['request']['timeout']): number | undefined => {
    const value = raw.request.timeout[name];
    if (value === undefined || value >= SHORTEST_REQUEST_TIMEOUT_MS) return value;
    reporter.warning(['cf', 'request', 'timeout', name], {
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
