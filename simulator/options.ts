import { type Clock, systemClock } from '../src/base/clock.js';
import type { Seconds } from '../src/base/duration.js';

export type OrganizationRole =
  | 'organization_manager'
  | 'organization_auditor'
  | 'organization_user'
  | 'organization_billing_manager';

export type SpaceRole = 'space_developer' | 'space_manager' | 'space_auditor' | 'space_supporter';

/** Roles by name or guid; a space also as `organization/space`. A role in a space makes its holder a user of the organization. */
export interface ScopedRoles {
  readonly organizations?: Readonly<Record<string, readonly OrganizationRole[]>>;
  readonly spaces?: Readonly<Record<string, readonly SpaceRole[]>>;
}

export type Role = 'admin' | 'admin_read_only' | 'global_auditor' | ScopedRoles;

export type RefreshKind = 'jwt-reusable' | 'jwt-rotating' | 'opaque-reusable' | 'opaque-rotating';

/** `new`: 77.18, `old`: 4.30 (other spellings, no decoding of Basic), `compatible`: decodes Basic only when a header asks. */
export type UaaVersion = 'new' | 'old' | 'compatible';

/** As `router.client_cert_validation`; but one that is asked for and not signed by the foundation's authority is only passed over. */
export type ClientCertificates = 'none' | 'request' | 'require';

export interface TokenOptions {
  /** Validity of access tokens. Default: 1,200 for the client `cf`, 43,200 for others. */
  readonly accessSeconds?: Seconds;
  /** Validity of refresh tokens. Default 2,592,000. */
  readonly refreshSeconds?: Seconds;
  /** Default `jwt-reusable`, as BOSH installs it. */
  readonly refreshKind?: RefreshKind;
  /** Default `new`. */
  readonly uaaVersion?: UaaVersion;
  /** `offered`: client_credentials also at `/oauth/mtls/token` for a client whose certificate names it. Default off. */
  readonly clientCertificates?: 'off' | 'offered';
}

export interface RateLimitOptions {
  /** Requests per user and interval over all API servers. */
  readonly generalLimit: number;
  /** Requests per address without a token. Default 100. */
  readonly unauthenticatedLimit?: number;
  /** Default 60. */
  readonly intervalMinutes?: number;
  /** API servers, each with its own share of the limit and its own counter; requests go to them in turn. Default 1. */
  readonly servers?: number;
}

export interface UserOptions {
  readonly username: string;
  readonly password: string;
  readonly role: Role;
  /** Scopes instead of those that follow from the role. */
  readonly scopes?: readonly string[];
  readonly passwordChangeRequired?: boolean;
  readonly verified?: boolean;
}

export interface ClientOptions {
  readonly id: string;
  readonly secret: string;
  readonly grants: readonly string[];
  /** What a client_credentials token holds. */
  readonly authorities?: readonly string[];
  readonly accessSeconds?: Seconds;
}

export interface SimulatorOptions {
  /** Same seed and numbers, same world. Default 1. */
  readonly seed?: number;
  /** Default 3. */
  readonly organizations?: number;
  /** In all, spread over the organizations. Default 5. */
  readonly spaces?: number;
  /** In all, spread over the spaces. Default 8. */
  readonly applications?: number;
  /** Instances of each application's web process. Default 2. */
  readonly instances?: number;
  /** Approximate size of an uncompressed exposition. Default 2,000. */
  readonly bodyBytes?: number;
  /** Decides which fields and parameters exist. Default 3.228.0. */
  readonly apiVersion?: string;
  /** Scheme of API and UAA; the router listens for both. Default https. */
  readonly scheme?: 'https' | 'http';
  /** Default sys.sim.example. */
  readonly systemDomain?: string;
  /** Default apps.sim.example. */
  readonly appsDomain?: string;
  /** Further shared domains. */
  readonly domains?: readonly string[];
  /** Default promregator. */
  readonly username?: string;
  /** Default simulated. */
  readonly password?: string;
  /** What that user sees. Default global_auditor. */
  readonly role?: Role;
  readonly users?: readonly UserOptions[];
  readonly clients?: readonly ClientOptions[];
  readonly token?: TokenOptions;
  readonly rateLimit?: RateLimitOptions;
  /** Whether `/v2` is announced. Default false. */
  readonly v2?: boolean;
  /** `minimal`: links of optional components are null. Default full. */
  readonly rootLinks?: 'full' | 'minimal';
  /** Whether the router knows `X-CF-Process-Instance` (routing-release 0.332). Default true. */
  readonly processInstanceHeader?: boolean;
  /** How often the router tries an ordinary request, each time on another endpoint: `router.backends.max_attempts`. Default 3. */
  readonly routerAttempts?: number;
  /** Highest TLS version of the router, which by default speaks 1.2 only. */
  readonly tlsMaxVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Whether the router wants client certificates. Default `none`, or `request` where UAA takes them. */
  readonly clientCertificates?: ClientCertificates;
  /** Address of all listeners. Default 127.0.0.1. */
  readonly address?: string;
  /** Ports of the listeners. Default: free ones. */
  readonly ports?: ListenerPorts;
  readonly clock?: Clock;
}

export interface ListenerPorts {
  readonly https?: number;
  readonly http?: number;
  readonly internal?: number;
  readonly internalTls?: number;
  readonly control?: number;
}

/** Options with every default filled in. */
export interface Settings {
  readonly seed: number;
  readonly organizations: number;
  readonly spaces: number;
  readonly applications: number;
  readonly instances: number;
  readonly bodyBytes: number;
  readonly apiVersion: string;
  readonly scheme: 'https' | 'http';
  readonly systemDomain: string;
  readonly appsDomain: string;
  readonly domains: readonly string[];
  readonly users: readonly UserOptions[];
  readonly clients: readonly ClientOptions[];
  readonly token: TokenOptions;
  readonly rateLimit: RateLimitOptions | undefined;
  readonly v2: boolean;
  readonly rootLinks: 'full' | 'minimal';
  readonly processInstanceHeader: boolean;
  readonly routerAttempts: number;
  readonly tlsMaxVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly clientCertificates: ClientCertificates;
  readonly address: string;
  readonly ports: ListenerPorts;
  readonly clock: Clock;
}

export const DEFAULT_USERNAME = 'promregator';
export const DEFAULT_PASSWORD = 'simulated';

export function settingsOf(options: SimulatorOptions): Settings {
  const main: UserOptions = {
    username: options.username ?? DEFAULT_USERNAME,
    password: options.password ?? DEFAULT_PASSWORD,
    role: options.role ?? 'global_auditor',
  };
  return {
    seed: options.seed ?? 1,
    ...sizesOf(options),
    apiVersion: options.apiVersion ?? '3.228.0',
    scheme: options.scheme ?? 'https',
    systemDomain: options.systemDomain ?? 'sys.sim.example',
    appsDomain: options.appsDomain ?? 'apps.sim.example',
    domains: options.domains ?? [],
    users: [main, ...(options.users ?? [])],
    clients: [...STOCK_CLIENTS, ...(options.clients ?? [])],
    token: options.token ?? {},
    rateLimit: options.rateLimit,
    v2: options.v2 ?? false,
    rootLinks: options.rootLinks ?? 'full',
    processInstanceHeader: options.processInstanceHeader ?? true,
    routerAttempts: options.routerAttempts ?? 3,
    tlsMaxVersion: options.tlsMaxVersion ?? 'TLSv1.2',
    clientCertificates: clientCertificatesOf(options),
    address: options.address ?? '127.0.0.1',
    ports: options.ports ?? {},
    clock: options.clock ?? systemClock,
  };
}

function clientCertificatesOf({ clientCertificates, token }: SimulatorOptions): ClientCertificates {
  return clientCertificates ?? (token?.clientCertificates === 'offered' ? 'request' : 'none');
}

type Sizes = Pick<Settings, 'organizations' | 'spaces' | 'applications' | 'instances' | 'bodyBytes'>;

function sizesOf(options: SimulatorOptions): Sizes {
  return {
    organizations: options.organizations ?? 3,
    spaces: options.spaces ?? 5,
    applications: options.applications ?? 8,
    instances: options.instances ?? 2,
    bodyBytes: options.bodyBytes ?? 2_000,
  };
}

/** `cf` as every foundation has it, and one reader for client_credentials. */
const STOCK_CLIENTS: readonly ClientOptions[] = [
  { id: 'cf', secret: '', grants: ['password', 'refresh_token'] },
  {
    id: 'collector',
    secret: 'collector-secret',
    grants: ['client_credentials'],
    authorities: ['cloud_controller.admin_read_only'],
  },
];
