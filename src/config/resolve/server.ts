import type { Platform, ServerConfig } from '../config.js';
import { quote, type Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import type { Environment } from '../sources/environment-source.js';
import { trimPath } from './web-address.js';

const DEFAULT_PORT = 8080;

/** Time in which Cloud Foundry's routers forget an instance that stops. */
const CLOUD_FOUNDRY_DRAIN_SECONDS = 4;

export function resolveServer(
  raw: RawConfig['server'],
  platform: Platform,
  env: Environment,
  reporter: Reporter,
): ServerConfig {
  return {
    port: raw.port ?? platformPort(platform, env, reporter) ?? DEFAULT_PORT,
    address: resolveAddress(raw.address, reporter),
    drainSeconds: raw.drainSeconds ?? (platform.cloudFoundry ? CLOUD_FOUNDRY_DRAIN_SECONDS : 0),
    contextPath: resolveContextPath(raw.servlet.contextPath, reporter),
    tls: undefined,
    headers: {},
    lifecycle: false,
  };
}

/** On Cloud Foundry the platform says where it sends requests to. */
function platformPort(platform: Platform, env: Environment, reporter: Reporter): number | undefined {
  const text = env['PORT'];
  if (!platform.cloudFoundry || text === undefined || text === '') return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  const expected = 'the port that Cloud Foundry gives us';
  reporter.errorAt({ kind: 'environment', name: 'PORT' }, ['server', 'port'], { found: quote(text), expected });
  return undefined;
}

function resolveAddress(text: string, reporter: Reporter): string {
  if (!/^[\w.:%-]+$/.test(text)) {
    const expected = 'an address or host name to listen on, IPv6 without brackets';
    reporter.error(['server', 'address'], { found: quote(text), expected });
  }
  return text;
}

function resolveContextPath(text: string | undefined, reporter: Reporter): string {
  const path = trimPath(text ?? '');
  if (!/^(?:\/[\w.~!$&'()*+,;=:@%-]+)*$/.test(path)) {
    const expected = 'a path such as /promregator';
    reporter.error(['server', 'servlet', 'contextPath'], { found: quote(path), expected });
  }
  return path;
}
