import type { ProxyConfig } from '../config.js';
import { formatPath, type Path } from '../path.js';
import type { Reporter } from '../report.js';
import type { RawProxy } from '../schema/proxy.js';
import { parseProxyAddress } from './proxy-address.js';
import { checkUserName } from './user-name.js';

export interface ProxyContext {
  /** Of the group: `['cf', 'proxy']`. */
  readonly path: Path;
  /** Where host and port are called otherwise, as in 0.x. */
  readonly names?: { readonly host: string; readonly port: string };
  readonly reporter: Reporter;
  readonly noProxy: readonly string[];
}

const NAMES = { host: 'host', port: 'port' };

/** The proxy that options name; undefined for none, or when something is wrong, which is reported then. */
export function resolveProxy(raw: Partial<RawProxy>, context: ProxyContext): ProxyConfig | undefined {
  const { path, reporter, noProxy, names = NAMES } = context;
  if (raw.host === undefined) {
    reportIdle(raw, context);
    return undefined;
  }
  const address = parseProxyAddress(raw.host);
  if (address === undefined || address.credentials !== undefined) {
    const expected = 'a host such as proxy.example.org, perhaps with http:// or https:// and port';
    const remedy = `user and password have options of their own beside it`;
    reporter.error([...path, names.host], { found: 'a value that is no such host (not shown)', expected, remedy });
    return undefined;
  }
  const port = agree(names.port, raw.port === 0 ? undefined : raw.port, address.port, context);
  const scheme = agree('scheme', raw.scheme, address.scheme, context) ?? 'http';
  const credentials = resolveCredentials(raw, context);
  if (port === undefined) {
    const at = [...path, names.port];
    const expected = `the port of the proxy that ${formatPath([...path, names.host])} names`;
    if (raw.port === 0) reporter.error(at, { found: '"0"', expected });
    else reporter.missing(at, { expected });
    return undefined;
  }
  return { host: address.host, port, scheme, credentials, noProxy };
}

/** One of two places for one thing; two that differ are an error. */
function agree<Value extends string | number>(
  name: string,
  own: Value | undefined,
  ofHost: Value | undefined,
  { path, reporter, names = NAMES }: ProxyContext,
): Value | undefined {
  if (own !== undefined && ofHost !== undefined && own !== ofHost) {
    reporter.error([...path, name], {
      found: `"${own}" where ${formatPath([...path, names.host])} says ${ofHost}`,
      expected: `one ${name}`,
      remedy: 'remove one of them',
    });
  }
  return own ?? ofHost;
}

function resolveCredentials(
  { username, password }: Partial<RawProxy>,
  { path, reporter }: ProxyContext,
): ProxyConfig['credentials'] {
  if (username !== undefined) checkUserName(username, [...path, 'username'], reporter);
  if (username !== undefined && password !== undefined) return { username, password };
  if (username !== undefined) {
    reporter.missing([...path, 'password'], { expected: `the password of ${formatPath(path)}.username` });
  }
  if (password !== undefined) {
    reporter.missing([...path, 'username'], { expected: `the user that ${formatPath(path)}.password belongs to` });
  }
  return undefined;
}

/** The original takes no proxy then, and says nothing. A port 0 is what it has by itself. */
function reportIdle(raw: Partial<RawProxy>, { path, reporter }: ProxyContext): void {
  const given = (['port', 'scheme', 'username', 'password'] as const).find((name) => raw[name] !== undefined);
  if (given === undefined || (given === 'port' && raw.port === 0)) return;
  const found = `${given} without host`;
  reporter.warning([...path, given], { found, expected: 'both', remedy: 'no proxy is used' });
}
