#!/usr/bin/env -S node --max-semi-space-size=4
import { existsSync } from 'node:fs';
import { describeError } from './base/errors.js';
import { VERSION } from './base/version.js';
import { type CommandContext, EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE } from './cli/command.js';
import { COMMANDS, SERVE } from './cli/commands.js';
import { hearUnhandledErrors } from './cli/last-words.js';
import { looksLikeFile } from './cli/leading-file.js';
import { createProcessOutput, isReaderGone } from './cli/process-output.js';
import { hearSignals } from './cli/process-signals.js';

const signals = hearSignals();
const stdout = createProcessOutput(process.stdout, () => signals.askToEnd('SIGPIPE'));
const stderr = createProcessOutput(process.stderr, () => undefined);
const lastWords = hearUnhandledErrors({ stderr, drained: () => Promise.all([stdout.drained(), stderr.drained()]) });

/** argv, environment and streams in, exit code out. Without a command it serves, as the original does. */
async function main(argv: readonly string[]): Promise<number> {
  const [first = ''] = argv;
  if (['--version', '-v', 'version'].includes(first)) return print(`promregator ${VERSION}\n`);
  if (['--help', '-h', 'help'].includes(first)) return print(overview());
  const named = COMMANDS.find((command) => command.name === first);
  const isFile = looksLikeFile(first) && existsSync(first);
  if (named === undefined && first !== '' && !first.startsWith('-') && !isFile) {
    stderr.write(
      `promregator: there is no command ${looksLikeFile(first) ? 'and no file ' : ''}'${first}'\n\n${overview()}`,
    );
    return EXIT_USAGE;
  }
  const args = named === undefined ? argv : argv.slice(1);
  if (args.includes('--version')) return print(`promregator ${VERSION}\n`);
  const entry = named ?? SERVE;
  if (entry !== SERVE) signals.endOnHangUp();
  const command = await entry.load();
  if (args[0] === 'help' || args.includes('--help') || args.includes('-h')) return print(command.usage);
  return await command.run(contextOf(args));
}

function contextOf(args: readonly string[]): CommandContext {
  return {
    args,
    env: process.env,
    cwd: process.cwd(),
    openStdin: () => process.stdin,
    stdout,
    stderr,
    onSignal: signals.onSignal,
    onReload: signals.onReload,
    onUnhandledError: lastWords.saidBy,
  };
}

function print(text: string): number {
  stdout.write(text);
  return EXIT_OK;
}

function overview(): string {
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(13)} ${command.summary}\n`).join('');
  return `promregator ${VERSION}: every instance of every application on Cloud Foundry, for Prometheus\n\n${lines}\n'promregator COMMAND --help' tells more.\n`;
}

/** Waits until what was written has been taken, unless somebody insists. Output that is not whole is a failure. */
async function finish(code: number): Promise<number> {
  await Promise.race([stdout.drained(), signals.outOfPatience()]);
  const { failure } = stdout;
  if (failure !== undefined && !isReaderGone(failure)) {
    stderr.write(`promregator: the output could not be written: ${describeError(failure)}\n`);
  }
  await Promise.race([stderr.drained(), signals.outOfPatience()]);
  if (code !== EXIT_OK) return code;
  if (failure === undefined) return stdout.isBehind ? EXIT_INTERRUPTED : code;
  return isReaderGone(failure) ? code : EXIT_FAILURE;
}

// exit, not exitCode: after a second signal running scrapes must not hold the process.
process.exit(await finish(await main(process.argv.slice(2))));
