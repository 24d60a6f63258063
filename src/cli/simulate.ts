import { parseSimulatorArguments, SIMULATOR_USAGE, startSimulator } from '../../simulator/simulator.js';
import { describeError } from '../base/errors.js';
import { type Command, EXIT_OK, EXIT_USAGE } from './command.js';
import { stopOnSignal } from './serve.js';

export const simulate: Command = {
  usage: SIMULATOR_USAGE,
  async run(context) {
    try {
      const simulator = await startSimulator(parseSimulatorArguments(context.args));
      context.stdout.write(`API          ${simulator.apiHost} (user ${simulator.username}, password ${simulator.password})
Authority    ${simulator.caFile}
Control      ${simulator.controlUrl}
connectTo
${simulator.connectTo.map((entry) => `  - "${entry}"`).join('\n')}
`);
      await stopOnSignal(simulator, context);
      return EXIT_OK;
    } catch (error) {
      context.stderr.write(`promregator simulate: ${describeError(error)}\n`);
      return EXIT_USAGE;
    }
  },
};
