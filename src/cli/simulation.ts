import { type Simulator, startSimulator } from '../../simulator/simulator.js';

/** The embedded simulator in place of Cloud Foundry (`promregator.simulation`). */
export interface Simulation {
  /** What has to be said on the command line, where it counts before everything else. */
  readonly args: readonly string[];
  stop(): Promise<void>;
}

/** One application of so many instances, as the original pretends it. */
export async function startSimulation({ instances }: { readonly instances: number }): Promise<Simulation> {
  const simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 1, instances });
  return { args: argumentsFor(simulator), stop: () => simulator.stop() };
}

function argumentsFor(simulator: Simulator): readonly string[] {
  return [
    `--cf.api_host=${simulator.apiHost}`,
    `--cf.username=${simulator.username}`,
    `--cf.password=${simulator.password}`,
    `--cf.tls_config.ca_file=${simulator.caFile}`,
    `--promregator.scraping.tls_config.ca_file=${simulator.caFile}`,
    `--promregator.connectTo=${simulator.connectTo.join(',')}`,
  ];
}
