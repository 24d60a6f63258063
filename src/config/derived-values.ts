import type { Config, FoundationConfig, ProxyConfig, ResourceKind } from './config.js';
import type { EffectiveValue } from './effective-values.js';
import { MASK, maskText } from './mask.js';
import type { Origin } from './origin.js';
import type { Environment } from './sources/environment-source.js';

interface Derived {
  readonly value: string;
  /** Where it comes from when nobody sets the option. */
  readonly origin: Origin | 'default';
  readonly through?: Origin | undefined;
}

/** What somebody wrote, by path. */
type WrittenValues = ReadonlyMap<string, EffectiveValue>;

/** The same options with what was chosen for those that nobody set, or that were out of bounds. */
export function withDerivedValues(
  effective: readonly EffectiveValue[],
  config: Config,
  env: Environment,
): readonly EffectiveValue[] {
  const several = effective.some(({ path }) => path.startsWith('foundations['));
  const set = new Map(effective.filter(({ origin }) => origin !== 'default').map((each) => [each.path, each]));
  const derived = new Map<string, Derived>([
    ...serverValues(config, env),
    ...config.foundations.flatMap((each, index) => {
      const path = several ? `foundations[${index}]` : 'cf';
      return [...foundationValues(each, path), ...oldNames(path, each, set)];
    }),
    ...scrapingValues(config, set),
    ...config.rules.flatMap(({ paths }, index) => {
      const [path, ...others] = paths;
      // Several stand there as they were written.
      return path === undefined || others.length > 0
        ? []
        : [[`promregator.targets[${index}].path`, unset(maskText(path))] as const];
    }),
  ]);
  return effective.map((each) => {
    const chosen = derived.get(each.path);
    if (chosen === undefined || each.value === MASK) return each;
    return each.origin === 'default' ? { ...each, ...chosen } : { ...each, value: chosen.value };
  });
}

function unset(value: string): Derived {
  return { value, origin: 'default' };
}

function serverValues(
  { server, log, inbound, platform }: Config,
  env: Environment,
): readonly (readonly [string, Derived])[] {
  const port = String(server.port);
  // Cloud Foundry says by PORT where an application has to listen.
  const byPlatform = platform.cloudFoundry && env['PORT']?.trim() === port;
  return [
    ['server.port', { value: port, origin: byPlatform ? { kind: 'environment', name: 'PORT' } : 'default' }],
    ['server.drainSeconds', unset(String(server.drainSeconds))],
    ['log.format', unset(log.format)],
    ['promregator.discovery.auth', unset(inbound.auth.discovery)],
    ['promregator.endpoint.auth', unset(inbound.auth.endpoint)],
    ['promregator.metrics.auth', unset(inbound.auth.metrics)],
    ['promregator.cache.invalidate.auth', unset(inbound.auth.cacheInvalidate)],
  ];
}

const TIMEOUTS: readonly (readonly [string, ResourceKind])[] = [
  ['org', 'organizations'],
  ['space', 'spaces'],
  ['domain', 'domains'],
  ['route', 'routes'],
  ['process', 'processes'],
  ['appInSpace', 'apps'],
];

function foundationValues(foundation: FoundationConfig, path: string): readonly (readonly [string, Derived])[] {
  const timeouts = TIMEOUTS.map(([name, kind]) => {
    return [`${path}.request.timeout.${name}`, unset(String(foundation.requestTimeoutMs[kind]))] as const;
  });
  return [[`${path}.connectionPool.size`, unset(String(foundation.connectionPoolSize))], ...timeouts];
}

/** Options of a foundation that are set by their names of 0.x, shown under those that are in force too. */
function oldNames(
  path: string,
  { requestTimeoutMs, proxy }: FoundationConfig,
  set: WrittenValues,
): readonly (readonly [string, Derived])[] {
  const appsMs = String(requestTimeoutMs.apps);
  const byOldName = set.has(`${path}.request.timeout.appInSpace`) ? undefined : set.get(`${path}.request.timeout.app`);
  const timeouts: readonly (readonly [string, Derived])[] =
    byOldName === undefined
      ? []
      : [
          [`${path}.request.timeout.appInSpace`, { ...placesOf(byOldName), value: appsMs }],
          [`${path}.request.timeout.app`, unset(appsMs)],
        ];
  return [...timeouts, ...(set.has(`${path}.proxy.host`) ? [] : oldProxy(path, `${path}.proxy`, proxy, set))];
}

/** The proxy of 0.x counts for applications where scraping names none; so does its longest time of a scrape. */
function scrapingValues({ scraping }: Config, set: WrittenValues): readonly (readonly [string, Derived])[] {
  const own = 'promregator.scraping.proxy';
  const proxy = set.has(`${own}.host`) ? [] : oldProxy('cf', own, scraping.proxy, set);
  const longest = set.get('promregator.endpoint.maxProcessingTime');
  if (longest?.value === undefined || set.has('promregator.scraping.maxProcessingTime')) return proxy;
  return [...proxy, ['promregator.scraping.maxProcessingTime', { ...placesOf(longest), value: longest.value }]];
}

function oldProxy(
  from: string,
  to: string,
  proxy: ProxyConfig | undefined,
  set: WrittenValues,
): readonly (readonly [string, Derived])[] {
  const host = set.get(`${from}.proxyHost`);
  if (host?.value === undefined || proxy === undefined) return [];
  const port = set.get(`${from}.proxyPort`) ?? host;
  return [
    [`${to}.host`, { ...placesOf(host), value: host.value }],
    [`${to}.port`, { ...placesOf(port), value: String(proxy.port) }],
  ];
}

function placesOf({ origin, through }: EffectiveValue): Pick<Derived, 'origin' | 'through'> {
  return { origin, through };
}
