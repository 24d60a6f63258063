import type { ProxyConfig, ScrapingConfig, TlsConfig } from '../config.js';
import type { RawConfig } from '../schema/root.js';
import { resolveOldProxy } from './cf.js';
import type { ResolveContext } from './context.js';
import { type EnvironmentProxies, noProxyOf } from './environment-proxy.js';
import { javaProxy } from './java-switches.js';
import { resolveProxy } from './proxy.js';

export interface ScrapingContext extends ResolveContext {
  /** Of applications, as the options say. */
  readonly tls: TlsConfig;
  /** For where no option names a proxy. */
  readonly environmentProxies: EnvironmentProxies;
}

/** `maxProcessingTime` counts under the name of 0.x too. */
export function resolveScraping(raw: RawConfig, context: ScrapingContext): ScrapingConfig {
  const { scraping, endpoint } = raw.promregator;
  return {
    maxProcessingMs: scraping.maxProcessingTime ?? endpoint.maxProcessingTime,
    connectTimeoutMs: scraping.connectionTimeout,
    socketReadTimeoutMs: scraping.socketReadTimeout,
    followForeignRedirects: scraping.followForeignRedirects,
    failureResponse: scraping.failureResponse,
    maxResponseBytes: scraping.maxResponseBytes,
    maxBufferedBytes: scraping.maxBufferedBytes,
    maxConcurrentPerInstance: scraping.maxConcurrentPerInstance,
    maxConnections: scraping.maxConnections,
    keepAliveSeconds: scraping.keepAliveSeconds,
    tls: context.tls,
    proxy: resolveScrapingProxy(raw, context),
    intervalBoundsMs: resolveBounds(scraping.intervalBounds, context),
  };
}

/** That of scraping, else that of 0.x for everything, else Java's, else, if wished, the environment's. */
function resolveScrapingProxy(raw: RawConfig, context: ScrapingContext): ProxyConfig | undefined {
  const { env, reporter } = context;
  const { scraping } = raw.promregator;
  const noProxy = noProxyOf(env);
  const own = resolveProxy(scraping.proxy, { path: ['promregator', 'scraping', 'proxy'], reporter, noProxy });
  if (scraping.proxy.host !== undefined) return own;
  // What is wrong with it has been reported with cf, unless cf.proxy counts there.
  const silent = { ...reporter, error: () => {}, missing: () => {}, warning: () => {} };
  const old = resolveOldProxy(raw.cf, ['cf'], { reporter: silent, noProxy });
  if (raw.cf.proxyHost !== undefined) return old;
  return javaProxy(raw, context) ?? proxyOfEnvironment(context);
}

/** One for both schemes where they agree; where only one has a proxy, that scheme alone goes by it. */
function proxyOfEnvironment({ environmentProxies, reporter }: ScrapingContext): ProxyConfig | undefined {
  const { http: plain, https: secure } = environmentProxies;
  if (secure === undefined) return plain === undefined ? undefined : { ...plain, only: 'http' };
  if (plain === undefined) return { ...secure, only: 'https' };
  if (plain.host !== secure.host || plain.port !== secure.port) {
    reporter.warningAt({ kind: 'environment', name: 'HTTP_PROXY' }, [], {
      found: 'a proxy that is not the one of HTTPS_PROXY',
      expected: 'one proxy for both',
      remedy: 'that of HTTPS_PROXY is used for applications by http too',
    });
  }
  return secure;
}

function resolveBounds(
  raw: { readonly min: number; readonly max: number },
  { reporter }: ResolveContext,
): ScrapingConfig['intervalBoundsMs'] {
  if (raw.min > raw.max) {
    reporter.error(['promregator', 'scraping', 'intervalBounds', 'min'], {
      found: `"${raw.min}"`,
      expected: `at most promregator.scraping.intervalBounds.max (${raw.max})`,
    });
    // Rules are not to blame for it.
    return { min: 0, max: Number.POSITIVE_INFINITY };
  }
  return { min: raw.min * 1000, max: raw.max * 1000 };
}
