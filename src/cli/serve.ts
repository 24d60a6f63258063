import { type App, createApp } from '../app.js';
import type { PrintPassword } from '../assembly/guards.js';
import { describeError, errorCode } from '../base/errors.js';
import type { LogFormat } from '../config/config.js';
import { type Command, type CommandContext, EXIT_CONFIG, EXIT_FAILURE, EXIT_OK } from './command.js';
import { readConfig } from './read-config.js';

export const serve: Command = {
  usage: `promregator [serve] [--config.file=promregator.yml] [--name.of.option=value …]

  --config.file=FILE                     the configuration; else ./config/promregator.yml, ./promregator.yml
  --spring.config.location=file:FILE     the same, as the original names it
  --server.port=PORT, --log.format=json  any option of the file, by its path
`,
  async run(context) {
    const read = await readConfig(context);
    if (read === undefined) return EXIT_CONFIG;
    const { config, log } = read;
    try {
      const app = await createApp({
        config,
        log,
        printPassword: passwordPrinter(context, config.log.format),
      });
      await app.start();
      await stopOnSignal(app, context);
      return EXIT_OK;
    } catch (error) {
      log.error('cannot start', { error: describeError(error) });
      return errorCode(error) === 'unreadable_file' ? EXIT_CONFIG : EXIT_FAILURE;
    }
  },
};

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
