import type { Config } from '../config.js';
import { type ConnectTo, parseConnectTo } from '../connect-to.js';
import { quote, type Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import { createTrustedProxies, parseNetwork, type TrustedProxies } from '../trusted-proxies.js';
import { resolveAuthenticators } from './authenticators.js';
import type { ResolveContext, Surroundings } from './context.js';
import { resolveDiscovery } from './discovery.js';
import { NO_PROXIES, readEnvironmentProxies } from './environment-proxy.js';
import { warnOfExposure } from './exposure.js';
import { ONLY_FOUNDATION, resolveFoundations } from './foundations.js';
import { resolveInbound } from './inbound.js';
import { resolveInventoryFile } from './inventory-file.js';
import { resolveLog } from './log.js';
import { resolveOutboundTls } from './outbound-tls.js';
import { resolveReplication } from './replication.js';
import { type RuleContext, resolveRules } from './rules.js';
import { resolveScraping } from './scraping.js';
import { resolveServer } from './server.js';
import { resolveWebConfig } from './web-config.js';

/**
 * The configuration made of values that are each right by themselves. Reads the certificates that they name, and checks
 * all of it against each other; whatever is wrong is reported. Undefined when something mandatory is missing.
 */
export async function resolveConfig(
  raw: RawConfig,
  surroundings: Surroundings,
  reporter: Reporter,
): Promise<Config | undefined> {
  const { promregator } = raw;
  const { platform, env } = surroundings;
  const context: ResolveContext = { ...surroundings, reporter };
  const environmentProxies = promregator.proxyFromEnvironment ? readEnvironmentProxies(env, reporter) : NO_PROXIES;
  const tls = await resolveOutboundTls(raw, context);
  const foundations = await resolveFoundations(raw, { ...context, tlsOf: tls.ofApi, environmentProxies });
  const scraping = resolveScraping(raw, { ...context, tls: tls.scraping, environmentProxies });
  const web = await resolveWebConfig(raw, context);
  const inbound = resolveInbound(promregator, web?.users ?? [], reporter);
  const server = await resolveServer(raw, web, { ...context, javaAuthorities: tls.javaAuthorities });
  warnOfExposure({ server, inbound, platform }, reporter);
  const rest = {
    rules: await resolveRules(promregator.targets, {
      ...context,
      authenticatorIds: authenticatorIds(promregator),
      foundations: foundationNames(raw),
      intervalBoundsMs: scraping.intervalBoundsMs,
      tlsOf: tls.ofRule,
    }),
    defaultInternalRoutePort: promregator.defaultInternalRoutePort,
    discovery: resolveDiscovery(promregator.discovery, reporter),
    discovererTimeoutSeconds: promregator.discoverer.timeout,
    inbound,
    trustedProxies: resolveTrustedProxies(promregator.trustedProxies, reporter),
    scraping,
    authenticators: await resolveAuthenticators(promregator, { ...context, tls: tls.scraping }),
    metrics: {
      requestLatency: promregator.metrics.requestLatency,
      internal: promregator.metrics.internal,
      labelNamePrefix: promregator.metrics.labelNamePrefix ?? '',
    },
    connectTo: resolveConnectTo(promregator.connectTo, reporter),
    server,
    log: resolveLog(raw, platform, reporter),
    reload: promregator.reload,
    inventoryFile: await resolveInventoryFile(promregator.cache, context),
    replication: await resolveReplication(promregator, { ...context, tlsOf: tls.ofApi }),
    simulation: promregator.simulation.enabled ? { instances: promregator.simulation.instances } : undefined,
    platform,
  };
  return foundations === undefined ? undefined : { foundations, ...rest };
}

/** All that stand there, also those with a fault of their own: a rule that names one is not to blame for it. */
function authenticatorIds(raw: RawConfig['promregator']): ReadonlySet<string> {
  return new Set(raw.targetAuthenticators.flatMap(({ id }) => (id === undefined ? [] : [id])));
}

function foundationNames({ foundations }: RawConfig): RuleContext['foundations'] {
  if (foundations.length === 0) return new Set([ONLY_FOUNDATION]);
  return new Set(foundations.flatMap(({ name }) => (name === undefined ? [] : [name])));
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
