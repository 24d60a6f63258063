import type { SimulatorFacts } from './simulator-messages.js';

export interface ConfigChoices {
  readonly targets: readonly object[];
  readonly cf?: object;
  readonly scraping?: object;
}

/** A configuration that reaches the simulated foundation; everything else is what the schema says by default. */
export function configFor(
  simulator: SimulatorFacts,
  { targets, cf = {}, scraping = {} }: ConfigChoices,
): { cf: object; promregator: object } {
  return {
    cf: {
      api_host: simulator.apiHost,
      username: simulator.username,
      password: simulator.password,
      tls_config: { ca_file: simulator.caFile },
      ...cf,
    },
    promregator: {
      connectTo: [...simulator.connectTo],
      scraping: { tls_config: { ca_file: simulator.caFile }, ...scraping },
      discovery: { ownMetricsEndpoint: false },
      targets: [...targets],
    },
  };
}
