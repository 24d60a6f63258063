import { type Simulator, startSimulator } from '../../simulator/simulator.js';

/** The embedded simulator in place of Cloud Foundry (`promregator.simulation`). */
export interface Simulation {
  /** A command line that leads to the simulator, out of one that asks for it: what both say is said once. */
  lead(args: readonly string[]): readonly string[];
  stop(): Promise<void>;
}

/** One application of so many instances, as the original pretends it. */
export async function startSimulation({ instances }: { readonly instances: number }): Promise<Simulation> {
  const simulator = await startSimulator({ organizations: 1, spaces: 1, applications: 1, instances });
  const own = argumentsFor(simulator);
  const named = new Set(own.map(nameOf));
  return {
    lead: (args) => [...args.filter((argument) => !named.has(nameOf(argument))), ...own],
    stop: () => simulator.stop(),
  };
}

function argumentsFor(simulator: Simulator): readonly string[] {
  return [
    // Else the configuration would again be one that waits for a simulator.
    '--promregator.simulation.enabled=false',
    `--cf.api_host=${simulator.apiHost}`,
    `--cf.username=${simulator.username}`,
    `--cf.password=${simulator.password}`,
    `--cf.tls_config.ca_file=${simulator.caFile}`,
    `--promregator.scraping.tls_config.ca_file=${simulator.caFile}`,
    `--promregator.connectTo=${simulator.connectTo.join(',')}`,
  ];
}

/** In one spelling of those that name the same option. */
function nameOf(argument: string): string {
  return (argument.split('=', 1)[0] ?? '').toLowerCase().replace(/(?<=[a-z])[-_]/g, '');
}
