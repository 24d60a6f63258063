import type { ServerConfig } from '../config.js';
import { quote, type Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import type { WebConfig } from '../web-config/read-web-config.js';
import type { ResolveContext } from './context.js';
import { resolveSsl, type SslContext, wantsSsl } from './ssl.js';
import { trimPath } from './web-address.js';

const DEFAULT_PORT = 8080;

/** Time in which Cloud Foundry's routers forget an instance that stops. */
const CLOUD_FOUNDRY_DRAIN_SECONDS = 4;

export async function resolveServer(
  { server: raw, web }: RawConfig,
  webConfig: WebConfig | undefined,
  context: ResolveContext & SslContext,
): Promise<ServerConfig> {
  const { platform, reporter } = context;
  if (wantsSsl(raw.ssl) && webConfig?.tls !== undefined) {
    reporter.error(['server', 'ssl'], {
      found: 'TLS beside tls_server_config of the web config file',
      expected: 'one or the other',
      remedy: 'remove one of them',
    });
  }
  return {
    port: raw.port ?? platformPort(context) ?? DEFAULT_PORT,
    address: resolveAddress(raw.address, reporter),
    drainSeconds: raw.drainSeconds ?? (platform.cloudFoundry ? CLOUD_FOUNDRY_DRAIN_SECONDS : 0),
    contextPath: resolveContextPath(raw.servlet.contextPath, reporter),
    tls: webConfig?.tls ?? (await resolveSsl(raw.ssl, context)),
    headers: webConfig?.headers ?? {},
    rateLimit: webConfig?.rateLimit,
    lifecycle: web['enable-lifecycle'],
  };
}

/** On Cloud Foundry the platform says where it sends requests to. */
function platformPort({ platform, env, reporter }: ResolveContext): number | undefined {
  const text = env['PORT'];
  if (!platform.cloudFoundry || text === undefined || text === '') return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  const expected = 'a whole number from 1 to 65535';
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
