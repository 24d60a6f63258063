import type { Config, Platform, ScrapingConfig } from '../config.js';
import { type ConnectTo, parseConnectTo } from '../connect-to.js';
import { quote, type Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import type { Environment } from '../sources/environment-source.js';
import { createTrustedProxies, parseNetwork, type TrustedProxies } from '../trusted-proxies.js';
import { resolveAuthenticators } from './authenticators.js';
import { resolveCf } from './cf.js';
import { resolveDiscovery } from './discovery.js';
import { resolveLog } from './log.js';
import { resolveRules } from './rules.js';
import { resolveServer } from './server.js';

export interface Surroundings {
  readonly platform: Platform;
  readonly env: Environment;
  /** Processors that Node may use. */
  readonly cores: number;
}

/**
 * The configuration made of values that are each right by themselves. Checks them against each other; all that is
 * wrong is reported. Undefined when something mandatory is missing.
 */
export function resolveConfig(raw: RawConfig, surroundings: Surroundings, reporter: Reporter): Config | undefined {
  const { promregator } = raw;
  const cf = resolveCf(raw.cf, reporter, surroundings.cores);
  const authenticators = resolveAuthenticators(promregator, reporter);
  const rules = resolveRules(promregator.targets, authenticatorIds(promregator), reporter);
  const rest = {
    rules,
    defaultInternalRoutePort: promregator.defaultInternalRoutePort,
    discovery: resolveDiscovery(promregator.discovery, reporter),
    discovererTimeoutSeconds: promregator.discoverer.timeout,
    endpointAuth: promregator.endpoint.auth,
    metricsAuth: promregator.metrics.auth,
    cacheInvalidateAuth: promregator.cache.invalidate.auth,
    inboundBasic: {
      username: promregator.authentication.basic.username,
      password: promregator.authentication.basic.password,
    },
    trustedProxies: resolveTrustedProxies(promregator.trustedProxies, reporter),
    scraping: resolveScraping(promregator),
    authenticators,
    metrics: {
      requestLatency: promregator.metrics.requestLatency,
      internal: promregator.metrics.internal,
      labelNamePrefix: promregator.metrics.labelNamePrefix ?? '',
    },
    connectTo: resolveConnectTo(promregator.connectTo, reporter),
    server: resolveServer(raw.server, surroundings.platform, surroundings.env, reporter),
    log: resolveLog(raw, surroundings.platform.cloudFoundry ? 'json' : 'text'),
    platform: surroundings.platform,
  };
  return cf === undefined ? undefined : { cf, ...rest };
}

/** All that stand there, also those with a fault of their own: a rule that names one is not to blame for it. */
function authenticatorIds(raw: RawConfig['promregator']): ReadonlySet<string> {
  return new Set(raw.targetAuthenticators.flatMap(({ id }) => (id === undefined ? [] : [id])));
}

/** `maxProcessingTime` counts under the name of 0.x too. */
function resolveScraping(raw: RawConfig['promregator']): ScrapingConfig {
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
    tlsCaFile: scraping.tls_config.ca_file,
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
