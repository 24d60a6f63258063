import { parseSimulatorArguments, SIMULATOR_USAGE, type Simulator, startSimulator } from '../../simulator/simulator.js';
import { describeError } from '../base/errors.js';
import { type Command, EXIT_OK } from './command.js';
import { promregatorConfigFor } from './demo-files.js';
import { stopOnSignal } from './serve.js';
import { exitCodeOf } from './simulator-exit-code.js';

export const simulate: Command = {
  usage: SIMULATOR_USAGE,
  async run(context) {
    try {
      const simulator = await startSimulator(parseSimulatorArguments(context.args));
      context.stdout.write(introduction(simulator));
      await stopOnSignal(simulator, context);
      return EXIT_OK;
    } catch (error) {
      context.stderr.write(`promregator simulate: ${describeError(error)}\n`);
      return exitCodeOf(error);
    }
  },
};

/** YAML as a whole, comments included: it can be redirected into a file. */
function introduction(simulator: Simulator): string {
  return `# Simulated Cloud Foundry. Look at it and change it: ${simulator.controlUrl}
# A promregator.yml that reaches it (its host names are led to loopback by connectTo):
${promregatorConfigFor(simulator)}`;
}
