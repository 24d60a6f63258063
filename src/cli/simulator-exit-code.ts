import { errorCode } from '../base/errors.js';
import { EXIT_FAILURE, EXIT_USAGE } from './command.js';

/** Whether the simulator was asked for something impossible, or could not start. */
export function exitCodeOf(error: unknown): number {
  return errorCode(error) === 'invalid' ? EXIT_USAGE : EXIT_FAILURE;
}
