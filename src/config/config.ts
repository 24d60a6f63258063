import type { Milliseconds, Seconds } from '../base/duration.js';
import type { Secret } from '../base/secret.js';
import type { ConnectTo } from './connect-to.js';
import type { LabelSelector } from './label-selector.js';
import type { CompiledExpression } from './name-expression.js';
import type { NameSelector } from './name-selector.js';
import type { TrustedProxies } from './trusted-proxies.js';

/** The whole configuration, checked. Only `app.ts` sees all of it; other parts are handed what they need. */
export interface Config {
  /** At least one; named `default` when only `cf.*` is given. */
  readonly foundations: readonly FoundationConfig[];
  /** In the order of `promregator.targets`; the first that selects an instance wins. */
  readonly rules: readonly Rule[];
  readonly defaultInternalRoutePort: number;
  readonly discovery: DiscoveryConfig;
  /** Own metrics of an instance are dropped this long after it was last seen. */
  readonly discovererTimeoutSeconds: Seconds;
  readonly inbound: InboundConfig;
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
  readonly reload: {
    /** Watch the configuration files too, not only what they name. */
    readonly onChange: boolean;
  };
  /** Where inventories are kept on disk; undefined where they are not. */
  readonly inventoryFile: InventoryFileConfig | undefined;
  /** Replicas share what they read; undefined where each reads for itself. */
  readonly replication: ReplicationConfig | undefined;
  /** The embedded simulator stands in for Cloud Foundry; undefined when it does not. */
  readonly simulation: { readonly instances: number } | undefined;
  readonly platform: Platform;
}

export interface InventoryFileConfig {
  readonly file: string;
  /** Older inventories are of no use at a start. */
  readonly maxAgeMs: Milliseconds;
}

export interface ReplicationConfig {
  readonly redis: RedisConfig;
  /** Who has not renewed its lease for so long no longer leads. */
  readonly leaseMs: Milliseconds;
  /** How long the store keeps what nobody renews. */
  readonly keepSeconds: Seconds;
}

/** A server of Redis or Valkey, and who we are there. */
export interface RedisConfig {
  readonly place: RedisPlace;
  /** Undefined: the default user. */
  readonly username: string | undefined;
  readonly password: Secret | undefined;
  readonly database: number;
  /** Undefined: no TLS. */
  readonly tls: TlsConfig | undefined;
  /** All keys begin with it. */
  readonly prefix: string;
}

export type RedisPlace =
  | ({ readonly kind: 'server' } & HostAndPort)
  | {
      readonly kind: 'sentinel';
      /** Name of the master as the Sentinels know it. */
      readonly master: string;
      /** At least one. */
      readonly nodes: readonly HostAndPort[];
      /** Towards the Sentinels themselves. */
      readonly access: Pick<RedisConfig, 'username' | 'password' | 'tls'>;
    };

/** The host without brackets. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** The kinds of lists that Cloud Foundry is asked for. */
export type ResourceKind = 'organizations' | 'spaces' | 'apps' | 'processes' | 'routes' | 'domains';

export interface CfConfig {
  /** Scheme, host and port: `https://api.example.org`. */
  readonly apiOrigin: string;
  readonly credentials: CfCredentials;
  readonly tls: TlsConfig;
  readonly proxy: ProxyConfig | undefined;
  readonly connectionPoolSize: number;
  /** How long an answer may take to begin. */
  readonly requestTimeoutMs: Readonly<Record<ResourceKind, Milliseconds>>;
  /** First wait before a retry. */
  readonly backoffMs: Milliseconds;
  /** Over time; 0 is no limit of ours; fractions allowed. */
  readonly rateLimitPerSecond: number;
  readonly refreshSeconds: Readonly<Record<ResourceKind, Seconds>>;
  /** Share of a list that may be lost without a second reading; 0 to 1. */
  readonly shrinkShares: Readonly<Record<ResourceKind, number>>;
  readonly pageSize: number;
  /** Undefined when it is off. */
  readonly watchdog: WatchdogConfig | undefined;
}

export interface WatchdogConfig {
  readonly timeoutMs: Milliseconds;
  readonly rateMs: Milliseconds;
  readonly initialDelayMs: Milliseconds;
  /** Failures that are borne before the process ends; undefined: all. */
  readonly restartCount: number | undefined;
}

export interface FoundationConfig extends CfConfig {
  /** Letters, digits, `.`, `_` and `-`; no other foundation has it. */
  readonly name: string;
}

export type CfCredentials =
  | { readonly grant: 'password'; readonly username: string; readonly password: Secret }
  | { readonly grant: 'client_credentials'; readonly clientId: string; readonly clientSecret: Secret };

/** How connections to others are secured. Holds contents, never names of files. */
export interface TlsConfig {
  /** PEM texts, trusted beside the system's. */
  readonly certificateAuthorities: readonly string[];
  /** Client certificate. */
  readonly identity: TlsIdentity | undefined;
  /** In place of the host name of the URL, for SNI and for the check of the certificate. */
  readonly serverName: string | undefined;
  readonly verify: 'always' | 'never';
  readonly minVersion: TlsVersion | undefined;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

export interface TlsIdentity {
  /** PEM, the chain behind the leaf. */
  readonly certificate: string;
  /** PEM, unencrypted. */
  readonly key: Secret;
}

export interface ProxyConfig {
  /** IPv6 addresses stand in brackets. */
  readonly host: string;
  readonly port: number;
  /** How to speak to the proxy itself. */
  readonly scheme: 'http' | 'https';
  readonly credentials: { readonly username: string; readonly password: Secret } | undefined;
  /** Hosts, domains, addresses and networks to connect to directly; `*` is all of them. */
  readonly noProxy: readonly string[];
  /** URLs of the other scheme are reached directly, as Java has it; absent: both go by the proxy. */
  readonly only?: 'http' | 'https';
}

export interface Rule {
  readonly id: string | undefined;
  /** As logs and metrics call it: the id, else `promregator.targets[3]`. */
  readonly name: string;
  /** Undefined: all foundations. */
  readonly foundation: string | undefined;
  readonly organization: NameSelector;
  readonly space: NameSelector;
  readonly application: NameSelector;
  /** Names of applications that the rule leaves out. */
  readonly excludeApplication: CompiledExpression | undefined;
  readonly labelSelector: LabelSelector | undefined;
  /** At least one, each begins with a slash. */
  readonly paths: readonly string[];
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
  /** For Prometheus, which else decides by its own configuration. */
  readonly scrapeIntervalMs: Milliseconds | undefined;
  /** Never above the interval. */
  readonly scrapeTimeoutMs: Milliseconds | undefined;
  /** A rule's own, merged over the default one; undefined: the default one. */
  readonly tls: TlsConfig | undefined;
}

export type InboundAuth = 'NONE' | 'BASIC' | 'BEARER';

/** Who may call us. */
export interface InboundConfig {
  readonly auth: {
    readonly discovery: InboundAuth;
    readonly endpoint: InboundAuth;
    readonly metrics: InboundAuth;
    readonly cacheInvalidate: InboundAuth;
  };
  readonly users: readonly InboundUser[];
  /** User for whom a password is made up and printed, since BASIC guards something and no user has one. */
  readonly madeUpUser: string | undefined;
  readonly tokens: readonly Secret[];
  /** By `basic_auth_users` of the web config file: everything but health is guarded. */
  readonly everything: boolean;
}

export interface InboundUser {
  readonly username: string;
  /** The password itself, or its bcrypt hash (`$2…`). */
  readonly password: Secret;
  readonly form: 'plain' | 'bcrypt';
}

export interface DiscoveryConfig {
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly scheme: 'http' | 'https' | undefined;
  /** Excludes the three above. */
  readonly externalUrl: ExternalUrl | undefined;
  readonly ownMetricsEndpoint: boolean;
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
  readonly tls: TlsConfig;
  readonly proxy: ProxyConfig | undefined;
  /** What rules and annotations may ask of Prometheus. */
  readonly intervalBoundsMs: { readonly min: Milliseconds; readonly max: Milliseconds };
}

export type Authenticator =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly type: 'bearer'; readonly token: Secret }
  | OAuth2Authenticator;

/** Client credentials grant. Exactly one of `clientSecret` and `identity` is there. */
export interface OAuth2Authenticator {
  readonly type: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  /** Client certificate that the token service knows. */
  readonly identity: TlsIdentity | undefined;
  readonly scopes: readonly string[];
  /** Towards the token service; its `identity` is the one above. */
  readonly tls: TlsConfig;
}

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
  /** Undefined: plain HTTP. */
  readonly tls: ServerTls | undefined;
  /** Added to every answer, from the web config file. */
  readonly headers: Readonly<Record<string, string>>;
  /** Requests that are taken, over all clients, from the web config file. */
  readonly rateLimit: { readonly intervalMs: Milliseconds; readonly burst: number } | undefined;
  /** `POST /-/reload` is served. */
  readonly lifecycle: boolean;
}

export interface ServerTls {
  readonly identity: TlsIdentity;
  /** PEM texts of those who may sign client certificates. */
  readonly clientAuthorities: readonly string[];
  /** As exporter-toolkit tells them apart; `require` verifies, `require-any` takes whatever certificate there is. */
  readonly clientAuth: 'none' | 'request' | 'require-any' | 'verify-if-given' | 'require';
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  /** OpenSSL's names, separated by colons. */
  readonly ciphers?: string;
  /** OpenSSL's names of groups for the key exchange, separated by colons. */
  readonly curves?: string;
  /** Of which a client certificate must have one; empty: any. */
  readonly allowedSans: readonly string[];
}

export type LogLevel = 'off' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** The last three are the forms that the original's framework writes. */
export type LogFormat = 'text' | 'json' | 'ecs' | 'gelf' | 'logstash';

export interface LogConfig {
  readonly format: LogFormat;
  /** Written to besides stderr. */
  readonly file: string | undefined;
  /** Form of the file's lines. */
  readonly fileFormat: LogFormat;
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
