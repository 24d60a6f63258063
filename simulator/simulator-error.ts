import { CodedError } from '../src/base/errors.js';

export type SimulatorErrorCode = 'not_found' | 'ambiguous' | 'refused' | 'invalid' | 'certificates';

/** What a caller of the simulator did wrong, or what the machine lacks: a sentence that names the thing and the remedy. */
export class SimulatorError extends CodedError<SimulatorErrorCode> {}
