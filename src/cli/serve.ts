import { type App, createApp } from '../app.js';
import { describeError } from '../base/errors.js';
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
        printPassword: (user, password) => announcePassword(context, user, password),
      });
      await app.start();
      await stopOnSignal(app, context);
      return EXIT_OK;
    } catch (error) {
      log.error('cannot start', { error: describeError(error) });
      return EXIT_FAILURE;
    }
  },
};

/** Past the log, which may be kept somewhere: the one secret that is ever printed, as the original does. */
function announcePassword({ stderr }: CommandContext, user: string, password: string): void {
  stderr.write(
    `Requests are guarded, and promregator.authentication.basic.password is not set. Until the next start it is: ${password}\n` +
      `(user ${user}; each replica makes up its own, so set one for several)\n`,
  );
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
