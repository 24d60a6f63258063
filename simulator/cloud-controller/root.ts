import { type Answer, type Header, jsonAnswer } from '../http/message.js';
import type { Settings } from '../options.js';
import type { Features } from './features.js';
import type { Json } from './resources/common.js';

const V3_RESOURCES = [
  'app_usage_events',
  'apps',
  'audit_events',
  'buildpacks',
  'builds',
  'deployments',
  'domains',
  'droplets',
  'environment_variable_groups',
  'feature_flags',
  'info',
  'isolation_segments',
  'organizations',
  'organization_quotas',
  'packages',
  'processes',
  'resource_matches',
  'roles',
  'routes',
  'security_groups',
  'service_brokers',
  'service_instances',
  'service_credential_bindings',
  'service_offerings',
  'service_plans',
  'service_route_bindings',
  'service_usage_events',
  'spaces',
  'space_quotas',
  'stacks',
  'tasks',
  'users',
];

export interface RootOptions {
  readonly settings: Settings;
  readonly features: Features;
  /** `https://api.SYS`. */
  readonly api: string;
}

/** How a client finds everything else. What is not installed is null; `cloud_controller_v2` is absent unless it is on. */
export function rootDocument(options: RootOptions): Json {
  const { settings, features, api } = options;
  const base = `${settings.scheme}://`;
  const system = settings.systemDomain;
  const full = settings.rootLinks === 'full';
  const links: Record<string, Json | null> = {
    self: { href: api },
    ...(settings.v2 ? { cloud_controller_v2: { href: `${api}/v2`, meta: { version: '2.293.0' } } } : {}),
    cloud_controller_v3: { href: `${api}/v3`, meta: { version: features.version } },
    network_policy_v0: { href: `${api}/networking/v0/external` },
    network_policy_v1: { href: `${api}/networking/v1/external` },
    login: { href: `${base}login.${system}` },
    uaa: { href: `${base}uaa.${system}` },
    credhub: null,
    routing: full ? { href: `${api}/routing` } : null,
    logging: full ? { href: `wss://doppler.${system}:443` } : null,
    log_cache: full ? { href: `${base}log-cache.${system}` } : null,
    log_stream: full ? { href: `${base}log-stream.${system}` } : null,
    app_ssh: {
      href: `ssh.${system}:2222`,
      meta: { host_key_fingerprint: 'aPk3ZiUyMGhvc3Qga2V5IGlzIGhlcmU', oauth_client: 'ssh-proxy' },
    },
  };
  return features.korifi ? korifiDocument(links) : { links };
}

/** Cloud Foundry on Kubernetes: every link has a meta, with an empty version where it has none. Its UAA option is on here. */
function korifiDocument(links: Readonly<Record<string, Json | null>>): Json {
  const described: Record<string, Json | null> = {};
  for (const [name, link] of Object.entries(links)) {
    described[name] = link === null ? null : { meta: { version: '' }, ...link };
  }
  return { links: described, cf_on_k8s: true };
}

export function v3Document(api: string): Json {
  const links: Record<string, Json> = { self: { href: `${api}/v3` } };
  for (const name of V3_RESOURCES) links[name] = { href: `${api}/v3/${name}` };
  return { links };
}

export function v3Info({ settings, features, api }: RootOptions): Json {
  const limit = settings.rateLimit;
  const servers = limit?.servers ?? 1;
  return {
    build: 'v58.0.0',
    cli_version: { minimum: '', recommended: '' },
    custom: {},
    description: '',
    name: 'cf-deployment',
    version: 58,
    osbapi_version: '2.15',
    ...(features.rateLimitsInInfo
      ? {
          rate_limits: {
            enabled: limit !== undefined,
            // The limit of one API server, not the global one (facts 1).
            general_limit: Math.ceil((limit?.generalLimit ?? 2000) / servers),
            reset_interval_in_minutes: limit?.intervalMinutes ?? 60,
          },
        }
      : {}),
    links: { self: { href: `${api}/v3/info` }, support: { href: '' } },
  };
}

/** What old clients read first, without a token. */
export function v2Info({ settings }: RootOptions): Json {
  const base = `${settings.scheme}://`;
  const system = settings.systemDomain;
  return {
    name: 'cf-deployment',
    build: 'v58.0.0',
    support: '',
    version: 58,
    description: '',
    authorization_endpoint: `${base}login.${system}`,
    token_endpoint: `${base}uaa.${system}`,
    min_cli_version: null,
    min_recommended_cli_version: null,
    app_ssh_endpoint: `ssh.${system}:2222`,
    app_ssh_host_key_fingerprint: 'aPk3ZiUyMGhvc3Qga2V5IGlzIGhlcmU',
    app_ssh_oauth_client: 'ssh-proxy',
    doppler_logging_endpoint: `wss://doppler.${system}:443`,
    api_version: settings.v2 ? '2.293.0' : '',
    osbapi_version: '2.15',
  };
}

export function documentAnswer(document: Json, headers: readonly Header[] = []): Answer {
  return jsonAnswer(200, document, headers);
}
