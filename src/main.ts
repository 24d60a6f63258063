#!/usr/bin/env -S node --max-semi-space-size=4
import { VERSION } from './base/version.js';
import { type CommandContext, EXIT_OK, EXIT_USAGE } from './cli/command.js';
import { COMMANDS, SERVE } from './cli/commands.js';

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
    stdout: process.stdout,
    stderr: process.stderr,
    onSignal(handler) {
      process.on('SIGTERM', handler);
      process.on('SIGINT', handler);
      return () => {
        process.off('SIGTERM', handler);
        process.off('SIGINT', handler);
      };
    },
  };
}

function print(text: string): number {
  process.stdout.write(text);
  return EXIT_OK;
}

function overview(): string {
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(10)} ${command.summary}\n`).join('');
  return `promregator ${VERSION}: every instance of every application on Cloud Foundry, for Prometheus\n\n${lines}\n'promregator COMMAND --help' tells more.\n`;
}

// exit, not exitCode: after a second signal running scrapes must not hold the process.
process.exit(await main(process.argv.slice(2)));
