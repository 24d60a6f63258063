import type { Milliseconds } from '../base/duration.js';
import type { Config } from '../config/config.js';
import { createConnectTo } from '../outbound/connect-to.js';
import { type Connections, createConnections } from '../outbound/connections.js';

/** As patient as the original with a connection that does not come about. */
const TARGET_CONNECT_TIMEOUT_MS: Milliseconds = 5_000;
const API_CONNECT_TIMEOUT_MS: Milliseconds = 10_000;
const API_KEEP_ALIVE_MS: Milliseconds = 30_000;

/** Towards Cloud Foundry's API and UAA. */
export function createApiConnections(config: Config): Connections {
  const [cf] = config.foundations;
  if (cf === undefined) throw new TypeError('a configuration has at least one foundation');
  return createConnections({
    connectTo: createConnectTo(config.connectTo),
    connectTimeoutMs: API_CONNECT_TIMEOUT_MS,
    tls: cf.tls,
    maxIdle: cf.connectionPoolSize,
    keepAliveMs: API_KEEP_ALIVE_MS,
  });
}

/** Towards applications. */
export function createTargetConnections(config: Config): Connections {
  return createConnections({
    connectTo: createConnectTo(config.connectTo),
    connectTimeoutMs: config.scraping.connectTimeoutMs ?? TARGET_CONNECT_TIMEOUT_MS,
    tls: config.scraping.tls,
    maxIdle: config.scraping.maxConnections,
    keepAliveMs: config.scraping.keepAliveSeconds * 1000,
  });
}
