import type { Config, FoundationConfig, ResourceKind } from './config.js';
import type { EffectiveValue } from './effective-values.js';
import type { Origin } from './origin.js';
import type { Environment } from './sources/environment-source.js';

interface Derived {
  readonly value: string;
  /** Where it comes from when nobody sets the option. */
  readonly origin: Origin | 'default';
}

/** The same options with what was chosen for those that nobody set, or that were out of bounds. */
export function withDerivedValues(
  effective: readonly EffectiveValue[],
  config: Config,
  env: Environment,
): readonly EffectiveValue[] {
  const several = effective.some(({ path }) => path.startsWith('foundations['));
  const derived = new Map([
    ...serverValues(config, env),
    ...config.foundations.flatMap((each, index) => foundationValues(each, several ? `foundations[${index}]` : 'cf')),
    ...config.rules.flatMap(({ paths }, index) => {
      const [path, ...others] = paths;
      // Several stand there as they were written.
      return path === undefined || others.length > 0
        ? []
        : [[`promregator.targets[${index}].path`, unset(path)] as const];
    }),
  ]);
  return effective.map((each) => {
    const chosen = derived.get(each.path);
    if (chosen === undefined || each.value === MASK) return each;
    return each.origin === 'default' ? { ...each, ...chosen } : { ...each, value: chosen.value };
  });
}

const MASK = '<secret>';

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
