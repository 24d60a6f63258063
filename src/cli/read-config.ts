import { createProgramLog, type ProgramLog } from '../assembly/program-log.js';
import type { ConfigLoader, Loaded } from '../assembly/reloader.js';
import { groupIgnored } from '../config/ignored-options.js';
import { formatProblem, type Problem } from '../config/report.js';
import { type CommandContext, EXIT_SOFTWARE } from './command.js';
import { createConfigLoader } from './config-loader.js';
import { LAST_WORDS } from './last-words.js';

export interface ReadConfig {
  readonly loaded: Loaded;
  /** Reads it again. */
  readonly loader: ConfigLoader;
  readonly log: ProgramLog;
}

/**
 * The configuration and the log it asks for; undefined when there are problems, which have been printed then.
 *
 * @param concerns which warnings are about what the command does
 */
export async function readConfig(
  context: CommandContext,
  concerns: (warning: Problem) => boolean = () => true,
): Promise<ReadConfig | undefined> {
  const { stderr } = context;
  const loader = createConfigLoader(context);
  const outcome = await loader.load('everything');
  const warnings = outcome.warnings.filter(concerns);
  if (!outcome.ok) {
    for (const warning of warnings) stderr.write(`warning: ${formatProblem(warning)}\n`);
    for (const problem of outcome.problems) stderr.write(`error: ${formatProblem(problem)}\n`);
    stderr.write(`promregator: ${outcome.problems.length} problem(s) in the configuration, not started\n`);
    return undefined;
  }
  const log = createProgramLog(outcome.config.log, stderr);
  context.onUnhandledError?.(async (error) => {
    log.log.fatal(LAST_WORDS, { exitCode: EXIT_SOFTWARE, error });
    await log.close();
  });
  const configLog = log.log.child('config');
  for (const warning of warnings) configLog.warn(formatProblem(warning));
  if (outcome.ignored.length > 0) {
    const options = groupIgnored(outcome.ignored).join('; ');
    configLog.info('options that mean nothing here are ignored', { options });
  }
  configLog.info('configuration read', { files: outcome.files.join(', ') || 'none' });
  loader.keep();
  return { loaded: outcome, loader, log };
}
