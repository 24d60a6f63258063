import { readFile } from 'node:fs/promises';
import { createProgramLog, type ProgramLog } from '../assembly/program-log.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import { formatProblem } from '../config/report.js';
import type { CommandContext } from './command.js';

export interface ReadConfig {
  readonly config: Config;
  readonly log: ProgramLog;
}

/** The configuration and the log it asks for; undefined when there are problems, which have been printed then. */
export async function readConfig(context: CommandContext): Promise<ReadConfig | undefined> {
  const { args, env, cwd, stderr } = context;
  const outcome = await loadConfig({ args, env, cwd, readFile: (path) => readFile(path, 'utf8') });
  if (!outcome.ok) {
    for (const warning of outcome.warnings) stderr.write(`warning: ${formatProblem(warning)}\n`);
    for (const problem of outcome.problems) stderr.write(`error: ${formatProblem(problem)}\n`);
    stderr.write(`promregator: ${outcome.problems.length} problem(s) in the configuration, not started\n`);
    return undefined;
  }
  const { config } = outcome;
  const log = createProgramLog(config.log, stderr);
  const configLog = log.log.child('config');
  for (const warning of outcome.warnings) configLog.warn(formatProblem(warning));
  if (outcome.ignored.length > 0) {
    const options = outcome.ignored.map(({ path, reason }) => `${path} (${reason})`).join(', ');
    configLog.info('options that mean nothing here are ignored', { options });
  }
  configLog.info('configuration read', { files: outcome.files.join(', ') || 'none' });
  return { config, log };
}
