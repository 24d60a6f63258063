import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configuredAddress } from '../assembly/configured-address.js';
import { createListing, type Listing } from '../assembly/listing.js';
import { systemClock } from '../base/clock.js';
import { describeError } from '../base/errors.js';
import { visibleText } from '../base/visible-text.js';
import type { Config } from '../config/config.js';
import type { Problem } from '../config/report.js';
import type { Directory } from '../discovery/directory.js';
import { prepareDocument } from '../discovery/sd-document.js';
import { type Command, type CommandContext, EXIT_CONFIG, EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from './command.js';
import { type DiscoverArguments, readDiscoverArguments } from './discover-arguments.js';
import { discoveryJson, discoveryTable } from './discovery-report.js';
import { type ReadConfig, readConfig } from './read-config.js';
import { writeWhole } from './write-whole.js';

export const discover: Command = {
  usage: `promregator discover [FILE] [--format=table|json|file_sd] [--output=FILE [--every=SECONDS]] [--name.of.option=value …]

  Reads the foundation once and tells what would be scraped, by which rule and where, and what is left out and why.

  FILE               the configuration, the same as --config.file=FILE
  --format=table     for people (the default)
  --format=json      the same for programs, as /debug/discovery tells it
  --format=file_sd   for file_sd_configs of Prometheus; needs promregator.discovery.hostname or .externalUrl
  --output=FILE      into a file, which is replaced whole or not at all, or into a pipe
  --every=SECONDS    again and again until a signal; while a foundation cannot be read, the file stays as it is
  further options as with 'promregator serve'

  Ends with 0, with 1 when a foundation cannot be read, with 78 when the configuration has a problem.
`,
  async run(context) {
    const own = readDiscoverArguments(context.args);
    if ('problem' in own) {
      context.stderr.write(`promregator discover: ${visibleText(own.problem)}\n`);
      return EXIT_USAGE;
    }
    const quiet = { ...context, args: quietly(own.others) };
    const read = await readConfig(quiet, concernsListing);
    if (read === undefined) return EXIT_CONFIG;
    const { simulation } = read.loaded.config;
    return simulation === undefined ? await list(context, own, read) : await simulate(quiet, own, simulation);
  },
};

/** As 'serve' does it: the embedded simulator stands in for Cloud Foundry, and only who asks for it has it in memory. */
async function simulate(
  context: CommandContext,
  own: DiscoverArguments,
  asked: { readonly instances: number },
): Promise<number> {
  const { startSimulation } = await import('./simulation.js');
  const simulation = await startSimulation(asked);
  try {
    const read = await readConfig({ ...context, args: simulation.lead(context.args) }, concernsListing);
    return read === undefined ? EXIT_CONFIG : await list(context, own, read);
  } finally {
    await simulation.stop();
  }
}

/** Nobody listens here, so where to listen, and who could come then, is a matter of 'serve'. */
function concernsListing({ path }: Problem): boolean {
  return path !== 'server.address';
}

async function list(context: CommandContext, own: DiscoverArguments, { loaded, log }: ReadConfig): Promise<number> {
  const write = writerFor(own.format, loaded.config);
  if (write === undefined) {
    context.stderr.write(
      'promregator discover: --format=file_sd needs promregator.discovery.hostname or promregator.discovery.externalUrl, since there is no request that tells under which address Prometheus reaches Promregator\n',
    );
    return EXIT_CONFIG;
  }
  const nextTry = own.everyMs === undefined ? 'none' : 'told';
  const listing = createListing({ config: loaded.config, clock: systemClock, log: log.log, nextTry });
  try {
    return await repeat({ context, own, listing, write });
  } finally {
    await listing.close();
    await log.close();
  }
}

/** What a log tells of its own accord would stand between the lines of the answer. */
function quietly(args: readonly string[]): readonly string[] {
  return args.some((argument) => /^-[-D]logging[._]level/i.test(argument))
    ? args
    : [...args, '--logging.level.root=WARN'];
}

type WriteDirectory = (directory: Directory) => string | Buffer;

/** Undefined when the configuration does not say what the format needs. */
function writerFor(format: DiscoverArguments['format'], config: Config): WriteDirectory | undefined {
  if (format === 'table') return discoveryTable;
  if (format === 'json') return discoveryJson;
  const address = configuredAddress(config);
  if (address === undefined) return undefined;
  const ownMetrics = config.discovery.ownMetricsEndpoint;
  return (directory) => prepareDocument(directory).render({ address, ownMetrics });
}

interface Repetition {
  readonly context: CommandContext;
  readonly own: DiscoverArguments;
  readonly listing: Listing;
  readonly write: WriteDirectory;
}

/** Once, or until a signal; a signal ends a listing that is under way too. */
async function repeat(repetition: Repetition): Promise<number> {
  const { context, own } = repetition;
  // Timers of the clock do not keep a process alive, and a retry may be all that there is to wait for.
  const alive = setInterval(() => undefined, 60_000);
  const ended = new AbortController();
  const forget = context.onSignal(() => ended.abort());
  const interrupted = new Promise<'interrupted'>((settle) => {
    ended.signal.addEventListener('abort', () => settle('interrupted'), { once: true });
  });
  try {
    for (;;) {
      const result = await Promise.race([tell(repetition), interrupted]);
      if (result === 'interrupted') return own.everyMs === undefined ? EXIT_FAILURE : EXIT_OK;
      if (own.everyMs === undefined) return result === 'told' ? EXIT_OK : EXIT_FAILURE;
      await Promise.race([sleep(own.everyMs, undefined, { signal: ended.signal }).catch(() => undefined), interrupted]);
      if (ended.signal.aborted) return EXIT_OK;
    }
  } finally {
    forget();
    clearInterval(alive);
  }
}

/** Lists and writes; says what goes wrong, and leaves an old file alone then. */
async function tell({ context, own, listing, write }: Repetition): Promise<'told' | 'failed'> {
  try {
    const directory = await listing.read();
    const content = write(directory);
    if (own.output === undefined) context.stdout.write(visibleText(content.toString()));
    else await writeWhole(resolve(context.cwd, own.output), content);
    for (const warning of own.format === 'json' ? [] : directory.warnings) {
      context.stderr.write(`warning: ${visibleText(warning)}\n`);
    }
    return 'told';
  } catch (error) {
    context.stderr.write(`promregator discover: ${visibleText(describeError(error))}\n`);
    return 'failed';
  }
}
