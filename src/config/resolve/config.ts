import type { Config, Platform, ScrapingConfig, TlsConfig } from '../config.js';
import { type ConnectTo, parseConnectTo } from '../connect-to.js';
import { quote, type Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import type { Environment } from '../sources/environment-source.js';
import { createTrustedProxies, parseNetwork, type TrustedProxies } from '../trusted-proxies.js';
import { resolveAuthenticators } from './authenticators.js';
import { resolveCf } from './cf.js';
import { resolveDiscovery } from './discovery.js';
import { resolveInbound } from './inbound.js';
import { resolveLog } from './log.js';
import { resolveRules } from './rules.js';
import { resolveServer } from './server.js';
import { type ReadFile, resolveTls } from './tls.js';

export interface Surroundings {
  readonly platform: Platform;
  readonly env: Environment;
  /** Processors that Node may use. */
  readonly cores: number;
  readonly readFile: ReadFile;
}

/**
 * The configuration made of values that are each right by themselves. Checks them against each other; all that is
 * wrong is reported. Undefined when something mandatory is missing.
 */
export async function resolveConfig(
  raw: RawConfig,
  surroundings: Surroundings,
  reporter: Reporter,
): Promise<Config | undefined> {
  const { promregator } = raw;
  const { readFile } = surroundings;
  const cfTls = await resolveTls(raw.cf.tls_config, { path: ['cf', 'tls_config'], reporter, readFile });
  const scrapingTls = await resolveTls(promregator.scraping.tls_config, {
    path: ['promregator', 'scraping', 'tls_config'],
    reporter,
    readFile,
  });
  const cf = resolveCf(raw.cf, cfTls, reporter, surroundings.cores);
  const authenticators = resolveAuthenticators(promregator, reporter);
  const rules = resolveRules(promregator.targets, authenticatorIds(promregator), reporter);
  const rest = {
    rules,
    defaultInternalRoutePort: promregator.defaultInternalRoutePort,
    discovery: resolveDiscovery(promregator.discovery, reporter),
    discovererTimeoutSeconds: promregator.discoverer.timeout,
    inbound: resolveInbound(promregator),
    trustedProxies: resolveTrustedProxies(promregator.trustedProxies, reporter),
    scraping: resolveScraping(promregator, scrapingTls),
    authenticators,
    metrics: {
      requestLatency: promregator.metrics.requestLatency,
      internal: promregator.metrics.internal,
      labelNamePrefix: promregator.metrics.labelNamePrefix ?? '',
    },
    connectTo: resolveConnectTo(promregator.connectTo, reporter),
    server: resolveServer(raw.server, surroundings.platform, surroundings.env, reporter),
    log: resolveLog(raw, surroundings.platform.cloudFoundry ? 'json' : 'text'),
    reload: { onChange: false },
    simulation: undefined,
    platform: surroundings.platform,
  };
  return cf === undefined ? undefined : { foundations: [{ name: 'default', ...cf }], ...rest };
}

/** All that stand there, also those with a fault of their own: a rule that names one is not to blame for it. */
function authenticatorIds(raw: RawConfig['promregator']): ReadonlySet<string> {
  return new Set(raw.targetAuthenticators.flatMap(({ id }) => (id === undefined ? [] : [id])));
}

/** `maxProcessingTime` counts under the name of 0.x too. */
function resolveScraping(raw: RawConfig['promregator'], tls: TlsConfig): ScrapingConfig {
  const { scraping } = raw;
  return {
    maxProcessingMs: scraping.maxProcessingTime ?? raw.endpoint.maxProcessingTime,
    connectTimeoutMs: scraping.connectionTimeout,
    socketReadTimeoutMs: scraping.socketReadTimeout,
    followForeignRedirects: scraping.followForeignRedirects,
    failureResponse: scraping.failureResponse,
    maxResponseBytes: scraping.maxResponseBytes,
    maxBufferedBytes: scraping.maxBufferedBytes,
    maxConcurrentPerInstance: scraping.maxConcurrentPerInstance,
    maxConnections: scraping.maxConnections,
    keepAliveSeconds: scraping.keepAliveSeconds,
    tls,
    proxy: undefined,
    intervalBoundsMs: { min: 5_000, max: 600_000 },
  };
}

function resolveTrustedProxies(networks: readonly string[], reporter: Reporter): TrustedProxies {
  for (const [index, network] of networks.entries()) {
    if (parseNetwork(network) !== undefined) continue;
    const expected = 'an address or a network such as 10.0.0.0/8';
    reporter.error(['promregator', 'trustedProxies', index], { found: quote(network), expected });
  }
  return createTrustedProxies(networks);
}

function resolveConnectTo(texts: readonly string[], reporter: Reporter): readonly ConnectTo[] {
  return texts.flatMap((text, index) => {
    const outcome = parseConnectTo(text);
    if (outcome.ok) return outcome.entry;
    const remedy = 'such as *.apps.example.org:443 -> 127.0.0.1:8443';
    reporter.error(['promregator', 'connectTo', index], { found: quote(text), expected: outcome.reason, remedy });
    return [];
  });
}
