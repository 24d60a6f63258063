#!/usr/bin/env -S node --max-semi-space-size=4
import { VERSION } from './base/version.js';
import { type CommandContext, EXIT_OK, EXIT_USAGE } from './cli/command.js';
import { COMMANDS, SERVE } from './cli/commands.js';

const onSignal = hearSignals();

/** argv, environment and streams in, exit code out. Without a command it serves, as the original does. */
async function main(argv: readonly string[]): Promise<number> {
  const [first = ''] = argv;
  if (['--version', '-v', 'version'].includes(first)) return print(`promregator ${VERSION}\n`);
  if (['--help', '-h', 'help'].includes(first)) return print(overview());
  const named = COMMANDS.find((command) => command.name === first);
  if (named === undefined && first !== '' && !first.startsWith('-')) {
    process.stderr.write(`promregator: there is no command '${first}'\n\n${overview()}`);
    return EXIT_USAGE;
  }
  const args = named === undefined ? argv : argv.slice(1);
  if (args.includes('--version')) return print(`promregator ${VERSION}\n`);
  const command = await (named ?? SERVE).load();
  if (args[0] === 'help' || args.includes('--help') || args.includes('-h')) return print(command.usage);
  return await command.run(contextOf(args));
}

function contextOf(args: readonly string[]): CommandContext {
  return {
    args,
    env: process.env,
    cwd: process.cwd(),
    openStdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onSignal,
    onReload,
  };
}

/** As shells report a process that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

/** Heard from the first moment on: a signal that comes before the command listens is told to it when it does. */
function hearSignals(): CommandContext['onSignal'] {
  const handlers = new Set<(name: string) => void>();
  let early: string | undefined;
  const hear = (name: string): void => {
    if (handlers.size === 0 && early !== undefined) process.exit(EXIT_INTERRUPTED);
    if (handlers.size === 0) early = name;
    for (const handler of handlers) handler(name);
  };
  process.on('SIGTERM', hear);
  process.on('SIGINT', hear);
  return (handler) => {
    handlers.add(handler);
    if (early !== undefined) setImmediate(handler, early);
    return () => void handlers.delete(handler);
  };
}

/** A command that has nothing to read anew ends with its terminal, as the signal means it. */
function onReload(handler: () => void): () => void {
  process.on('SIGHUP', handler);
  return () => void process.off('SIGHUP', handler);
}

function print(text: string): number {
  process.stdout.write(text);
  return EXIT_OK;
}

function overview(): string {
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(13)} ${command.summary}\n`).join('');
  return `promregator ${VERSION}: every instance of every application on Cloud Foundry, for Prometheus\n\n${lines}\n'promregator COMMAND --help' tells more.\n`;
}

// exit, not exitCode: after a second signal running scrapes must not hold the process.
process.exit(await main(process.argv.slice(2)));
