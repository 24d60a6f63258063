import type { Milliseconds } from '../base/duration.js';
import { nearestName } from '../config/nearest-name.js';
import { readLeadingFile } from './leading-file.js';

export type DiscoveryFormat = 'table' | 'json' | 'file_sd';

export interface DiscoverArguments {
  readonly format: DiscoveryFormat;
  /** Undefined: standard output. */
  readonly output: string | undefined;
  /** Undefined: once. */
  readonly everyMs: Milliseconds | undefined;
  /** What is left for the configuration. */
  readonly others: readonly string[];
}

const FORMATS: readonly DiscoveryFormat[] = ['table', 'json', 'file_sd'];
const OWN = ['format', 'output', 'every'] as const;
const LONGEST_PAUSE_SECONDS = 86_400;

/** What people leave the dots out of. */
const OF_THE_COMMAND_LINE = ['config.file', 'web.config.file'] as const;

/** The command's own arguments, as `--name=value` or `--name value`; or the sentence that says what is wrong. */
export function readDiscoverArguments(given: readonly string[]): DiscoverArguments | { readonly problem: string } {
  const args = readLeadingFile(given);
  const own = new Map<string, string>();
  const others: string[] = [];
  for (let position = 0; position < args.length; position += 1) {
    const argument = args[position] ?? '';
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (!OWN.some((each) => each === name)) {
      if (isNoOption(name)) return { problem: unknown(name) };
      others.push(argument);
      continue;
    }
    if (inline === undefined) position += 1;
    own.set(name, inline ?? args[position] ?? '');
  }
  const asked = own.get('format') ?? 'table';
  const format = FORMATS.find((each) => each === asked);
  if (format === undefined) return { problem: `--format takes ${FORMATS.join(', ')}, not '${asked}'` };
  const output = own.get('output');
  if (output === '') return { problem: '--output takes the name of a file' };
  const every = own.get('every');
  if (every === undefined) return { format, output, everyMs: undefined, others };
  const seconds = /^\d+$/.test(every) ? Number(every) : 0;
  if (seconds < 1 || seconds > LONGEST_PAUSE_SECONDS) {
    return { problem: `--every takes whole seconds from 1 to ${LONGEST_PAUSE_SECONDS}, not '${every}'` };
  }
  if (output === undefined) return { problem: '--every needs --output: a file to write again and again' };
  return { format, output, everyMs: seconds * 1000, others };
}

/** Options of the configuration lie in groups, so a name without dot or bracket is none: what it was to say must not get lost. */
function isNoOption(name: string): boolean {
  return name !== '' && !/[.[]/.test(name);
}

function unknown(name: string): string {
  const near = nearestName(name, [...OWN, ...OF_THE_COMMAND_LINE]);
  const remedy = near === undefined ? "'promregator discover --help' tells which there are" : `did you mean --${near}?`;
  return `there is no option --${name}; ${remedy}`;
}
