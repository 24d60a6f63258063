import { loadConfig } from '../config/load-config.js';
import { type Command, EXIT_CONFIG, EXIT_OK, EXIT_USAGE } from './command.js';
import { writeCheckJson, writeCheckText } from './config-check-report.js';
import { createFileInput } from './file-input.js';
import { readLeadingFile } from './leading-file.js';

export const checkConfig: Command = {
  usage: `promregator check-config [FILE] [--format=text|json] [--name.of.option=value …]

  Reads the configuration as 'serve' does, with the same options, and says what is wrong with it and what it comes to:
  problems, warnings, options that are ignored, and each option with its value and where it comes from. Secrets are masked.

  FILE                 the same as --config.file=FILE
  --format=text|json   for people, or for programs

  Exit code 0 when Promregator would start with it, 78 when it would not.
`,
  async run(context) {
    const asked = parseArguments(context.args);
    if (asked.kind === 'fault') {
      context.stderr.write(`promregator check-config: ${asked.message}\n`);
      return EXIT_USAGE;
    }
    const outcome = await loadConfig({ ...createFileInput(context), args: asked.args, env: context.env });
    context.stdout.write(asked.format === 'json' ? writeCheckJson(outcome) : writeCheckText(outcome));
    return outcome.ok ? EXIT_OK : EXIT_CONFIG;
  },
};

type Asked =
  | { readonly kind: 'check'; readonly format: Format; readonly args: readonly string[] }
  | { readonly kind: 'fault'; readonly message: string };

type Format = 'text' | 'json';

/** Takes out what is this command's own; the rest is read as `serve` reads it. */
function parseArguments(args: readonly string[]): Asked {
  const rest: string[] = [];
  let format: Format = 'text';
  const words = readLeadingFile(args);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word !== '--format' && !word.startsWith('--format=')) {
      rest.push(word);
      continue;
    }
    const value = word === '--format' ? words[at + 1] : word.slice('--format='.length);
    if (word === '--format') at += 1;
    if (value !== 'text' && value !== 'json') return { kind: 'fault', message: '--format is text or json' };
    format = value;
  }
  return { kind: 'check', format, args: rest };
}
