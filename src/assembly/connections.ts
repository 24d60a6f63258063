import type { Milliseconds } from '../base/duration.js';
import type { Config, FoundationConfig, TlsConfig } from '../config/config.js';
import type { ConnectionSettings } from './connection-sets.js';

/** As patient as the original with a connection that does not come about. */
const TARGET_CONNECT_TIMEOUT_MS: Milliseconds = 5_000;
const API_CONNECT_TIMEOUT_MS: Milliseconds = 5_000;
const API_KEEP_ALIVE_MS: Milliseconds = 30_000;
/** A token service is asked once in many minutes. */
const TOKEN_SERVICE_IDLE = 0;

/** Towards Cloud Foundry's API and UAA. */
export function apiConnections({ connectTo }: Config, foundation: FoundationConfig): ConnectionSettings {
  return {
    connectTo,
    connectTimeoutMs: API_CONNECT_TIMEOUT_MS,
    tls: foundation.tls,
    proxy: foundation.proxy,
    maxIdle: foundation.connectionPoolSize,
    keepAliveMs: API_KEEP_ALIVE_MS,
  };
}

/** Towards applications, by the default TLS settings or a rule's own. */
export function targetConnections({ connectTo, scraping }: Config, tls: TlsConfig): ConnectionSettings {
  return {
    connectTo,
    connectTimeoutMs: scraping.connectTimeoutMs ?? TARGET_CONNECT_TIMEOUT_MS,
    tls,
    proxy: scraping.proxy,
    maxIdle: scraping.maxConnections,
    keepAliveMs: scraping.keepAliveSeconds * 1000,
  };
}

/** Towards the services that give tokens for applications; by the proxy of scraping, since they stand where those do. */
export function tokenServiceConnections({ connectTo, scraping }: Config, tls: TlsConfig): ConnectionSettings {
  return {
    connectTo,
    connectTimeoutMs: API_CONNECT_TIMEOUT_MS,
    tls,
    proxy: scraping.proxy,
    maxIdle: TOKEN_SERVICE_IDLE,
    keepAliveMs: API_KEEP_ALIVE_MS,
  };
}
