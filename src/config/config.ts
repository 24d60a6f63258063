import type { Milliseconds, Seconds } from '../base/duration.js';
import type { Secret } from '../base/secret.js';
import type { ConnectTo } from './connect-to.js';
import type { CompiledExpression } from './name-expression.js';
import type { NameSelector } from './name-selector.js';
import type { TrustedProxies } from './trusted-proxies.js';

/** The whole configuration, checked. Only `app.ts` sees all of it; other parts are handed what they need. */
export interface Config {
  readonly cf: CfConfig;
  /** In the order of `promregator.targets`; the first that selects an instance wins. */
  readonly rules: readonly Rule[];
  readonly defaultInternalRoutePort: number;
  readonly discovery: DiscoveryConfig;
  /** Own metrics of an instance are dropped this long after it was last seen. */
  readonly discovererTimeoutSeconds: Seconds;
  readonly endpointAuth: InboundAuth;
  readonly metricsAuth: InboundAuth;
  readonly cacheInvalidateAuth: InboundAuth;
  readonly inboundBasic: {
    readonly username: string;
    /** Undefined: to be made up and printed at start, when anything is guarded. */
    readonly password: Secret | undefined;
  };
  readonly trustedProxies: TrustedProxies;
  readonly scraping: ScrapingConfig;
  readonly authenticators: {
    readonly byDefault: Authenticator;
    readonly byId: ReadonlyMap<string, Authenticator>;
  };
  readonly metrics: MetricsConfig;
  /** In the order they were written; the first whose pattern and port fit counts. */
  readonly connectTo: readonly ConnectTo[];
  readonly server: ServerConfig;
  readonly log: LogConfig;
  readonly platform: Platform;
}

/** The kinds of lists that Cloud Foundry is asked for. */
export type ResourceKind = 'organizations' | 'spaces' | 'apps' | 'processes' | 'routes' | 'domains';

export interface CfConfig {
  /** Scheme, host and port: `https://api.example.org`. */
  readonly apiOrigin: string;
  readonly credentials: CfCredentials;
  readonly skipSslValidation: boolean;
  /** PEM file of authorities to trust besides the system's. */
  readonly tlsCaFile: string | undefined;
  readonly connectionPoolSize: number;
  /** How long an answer may take to begin. */
  readonly requestTimeoutMs: Readonly<Record<ResourceKind, Milliseconds>>;
  /** First wait before a retry. */
  readonly backoffMs: Milliseconds;
  /** 0 is no limit; fractions allowed. */
  readonly rateLimitPerSecond: number;
  readonly refreshSeconds: Readonly<Record<ResourceKind, Seconds>>;
  readonly pageSize: number;
}

export type CfCredentials =
  | { readonly grant: 'password'; readonly username: string; readonly password: Secret }
  | { readonly grant: 'client_credentials'; readonly clientId: string; readonly clientSecret: Secret };

export interface Rule {
  /** `promregator.targets[3]`, as logs and metrics call it. */
  readonly name: string;
  readonly organization: NameSelector;
  readonly space: NameSelector;
  readonly application: NameSelector;
  /** Begins with a slash. */
  readonly path: string;
  /** Undefined when the rule does not say: then https, and http on internal routes. */
  readonly protocol: 'http' | 'https' | undefined;
  /** A key of `authenticators.byId`; undefined means the default one. */
  readonly authenticatorId: string | undefined;
  /** For the whole route URL without scheme, with regard to case. The first that matches any route decides. */
  readonly preferredRouteRegex: readonly CompiledExpression[];
  readonly internalRoutePort: number | undefined;
  /** Host and path as written, without scheme. */
  readonly overrideRouteAndPath: string | undefined;
  readonly kubernetesAnnotations: boolean;
}

export type InboundAuth = 'NONE' | 'BASIC';

export interface DiscoveryConfig {
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly scheme: 'http' | 'https' | undefined;
  /** Excludes the three above. */
  readonly externalUrl: ExternalUrl | undefined;
  readonly ownMetricsEndpoint: boolean;
  readonly auth: InboundAuth;
}

export interface ExternalUrl {
  readonly scheme: 'http' | 'https';
  /** IPv6 addresses stand in brackets. */
  readonly hostname: string;
  /** Always set: 80 or 443 when the URL has none. */
  readonly port: number;
  /** Empty, or with a slash in front and none behind. */
  readonly path: string;
}

export interface ScrapingConfig {
  /** Undefined: what Prometheus grants decides alone. */
  readonly maxProcessingMs: Milliseconds | undefined;
  readonly connectTimeoutMs: Milliseconds | undefined;
  /** Longest pause between two bytes of an answer. */
  readonly socketReadTimeoutMs: Milliseconds | undefined;
  readonly followForeignRedirects: boolean;
  readonly failureResponse: 'error' | 'metrics';
  readonly maxResponseBytes: number;
  /** Held in memory at a time, over all scrapes. */
  readonly maxBufferedBytes: number;
  readonly maxConcurrentPerInstance: number;
  /** Idle ones, over all origins. */
  readonly maxConnections: number;
  readonly keepAliveSeconds: Seconds;
  readonly tlsCaFile: string | undefined;
}

export type Authenticator =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret };

export interface MetricsConfig {
  readonly requestLatency: boolean;
  readonly internal: boolean;
  /** Empty unless set. */
  readonly labelNamePrefix: string;
}

export interface ServerConfig {
  /** 0 is any free one. */
  readonly port: number;
  readonly address: string;
  readonly drainSeconds: Seconds;
  /** Empty, or with a slash in front and none behind. */
  readonly contextPath: string;
}

export type LogLevel = 'off' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

export interface LogConfig {
  readonly format: 'text' | 'json';
  /** Of the whole program. */
  readonly level: LogLevel;
  /** All levels that were set, by logger, as written. */
  readonly loggers: ReadonlyMap<string, LogLevel>;
}

/** What we run on. */
export interface Platform {
  readonly cloudFoundry: boolean;
  /** Guid of ourselves as an application of Cloud Foundry. */
  readonly applicationId: string | undefined;
  /** Our first route there, without scheme. */
  readonly uri: string | undefined;
}
