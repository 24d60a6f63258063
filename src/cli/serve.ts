import { type App, createApp } from '../app.js';
import type { PrintPassword } from '../assembly/guards.js';
import type { LogFormat } from '../config/config.js';
import { type Command, type CommandContext, EXIT_CONFIG, EXIT_FAILURE, EXIT_OK, EXIT_WATCHDOG } from './command.js';
import { readLeadingFile } from './leading-file.js';
import { describeStartError } from './listen-fault.js';
import { type ReadConfig, readConfig } from './read-config.js';
import type { Simulation } from './simulation.js';

export const serve: Command = {
  usage: `promregator [serve] [FILE] [--name.of.option=value …]

  FILE, --config.file=FILE               the configuration; else promregator.yml or application.yml in ./ and ./config/
  --spring.config.location=file:FILE     the same, as the original names it
  --web.config.file=FILE                 TLS and users of the listener, as Prometheus's exporters have them
  --web.enable-lifecycle                 let POST /-/reload read the configuration anew, as SIGHUP does
  --server.port=PORT, --log.format=json  any option of the file, by its path
  -Dserver.port=PORT                     the same as a switch of Java

  Options may be variables too: PROMREGATOR_CACHE_FILE is promregator.cache.file. PROMREGATOR_CONFIG_DIR names the
  folder of promregator.yml.

  'promregator check-config' says what all of it comes to.
`,
  async run(given) {
    const context = { ...given, args: readLeadingFile(given.args) };
    const read = await readConfig(context);
    if (read === undefined) return EXIT_CONFIG;
    const { simulation } = read.loaded.config;
    return simulation === undefined ? await run(context, read) : await simulate(context, simulation);
  },
};

/** Only who asks for it has the simulator in memory. */
async function simulate(context: CommandContext, asked: { readonly instances: number }): Promise<number> {
  const { startSimulation } = await import('./simulation.js');
  const simulation: Simulation = await startSimulation(asked);
  try {
    const simulated = { ...context, args: simulation.lead(context.args) };
    const read = await readConfig(simulated);
    return read === undefined ? EXIT_CONFIG : await run(simulated, read);
  } finally {
    await simulation.stop();
  }
}

async function run(context: CommandContext, { loaded, loader, log }: ReadConfig): Promise<number> {
  let giveUp = (): void => undefined;
  const givenUp = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  let exitCode = EXIT_OK;
  try {
    const app = createApp({
      loaded,
      loader,
      log: log.log,
      configureLog: log.configure,
      printPassword: passwordPrinter(context, loaded.config.log.format),
      onGivenUp: giveUp,
    });
    await app.start();
    const forget = context.onReload(() => void app.reload());
    const stoppedByItself = givenUp.then(async () => {
      exitCode = EXIT_WATCHDOG;
      await app.stop();
    });
    await Promise.race([stopOnSignal(app, context), stoppedByItself]);
    forget();
    return exitCode;
  } catch (error) {
    log.log.error('cannot start', { error: describeStartError(error, loaded.config.server) });
    return EXIT_FAILURE;
  } finally {
    await log.close();
  }
}

/** Past the log and its levels: the one secret that is ever printed, as the original does. In the form of the log's lines. */
function passwordPrinter({ stderr }: CommandContext, format: LogFormat): PrintPassword {
  return (user, password) => {
    const message = `requests are guarded and no password is set; until the next start, user ${user} has the password ${password} (each replica makes up its own)`;
    const time = new Date().toISOString();
    const line =
      format !== 'text'
        ? JSON.stringify({ level: 'warn', time, logger: 'server', message })
        : `${time} WARN  server      ${message}`;
    stderr.write(`${line}\n`);
  };
}

/** Waits for a signal and stops in order; a second signal ends at once. */
export async function stopOnSignal(app: Pick<App, 'stop'>, { onSignal }: CommandContext): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let stopping = false;
    const forget = onSignal(() => {
      if (stopping) {
        forget();
        resolve();
        return;
      }
      stopping = true;
      app.stop().then(resolve, reject).finally(forget);
    });
  });
}
