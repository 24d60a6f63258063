import type { Config } from './config.js';
import type { EffectiveValue } from './effective-values.js';
import type { Origin } from './origin.js';

interface Derived {
  readonly value: string;
  /** Where it comes from when nobody sets the option. */
  readonly origin: Origin | 'default';
}

/** The same options with the values that were chosen for what nobody set, by platform and surroundings. */
export function withDerivedValues(effective: readonly EffectiveValue[], config: Config): readonly EffectiveValue[] {
  const derived = deriveValues(config);
  return effective.map((each) => {
    const chosen = each.origin === 'default' ? derived.get(each.path) : undefined;
    return chosen === undefined || chosen.value === each.value ? each : { ...each, ...chosen };
  });
}

function deriveValues({ server, log }: Config): ReadonlyMap<string, Derived> {
  // Cloud Foundry says by PORT where an application has to listen; nothing else moves an unset port.
  const port = { value: String(server.port), origin: { kind: 'environment', name: 'PORT' } } as const;
  const byDefault = (value: string): Derived => ({ value, origin: 'default' });
  return new Map([
    ['server.port', port],
    ['server.drainSeconds', byDefault(String(server.drainSeconds))],
    ['log.format', byDefault(log.format)],
  ]);
}
