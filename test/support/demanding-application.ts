import type { Behaviour, Simulator } from '../../simulator/simulator.js';

/** What an application demands before it shows its metrics. */
export type Demanded = NonNullable<Behaviour['credentials']>;

export interface DemandingOptions {
  readonly credentials?: Demanded;
  readonly instances?: number;
}

/** Deploys an application that answers nobody without these credentials. Gives its guid. */
export function deployDemanding(simulator: Simulator, name: string, options: DemandingOptions = {}): string {
  const [space] = simulator.world.spaces();
  const { credentials, instances = 1 } = options;
  return simulator.world.deployApplication({
    name,
    space: space?.guid ?? '',
    instances,
    behaviour: credentials === undefined ? {} : { credentials },
  }).guid;
}
