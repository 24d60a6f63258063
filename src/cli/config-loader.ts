import type { LoadAgain } from '../assembly/reloader.js';
import { type ConfigInput, type ConfigOutcome, loadConfig } from '../config/load-config.js';
import type { CommandContext } from './command.js';
import { listFolder } from './list-folder.js';
import { readBoundedFile } from './read-bounded-file.js';

/**
 * Reads the configuration of a command, as often as it is asked to. For `material` the configuration files are as they
 * were read last: what an operator is in the middle of writing does not take force because a certificate was renewed.
 */
export function createConfigLoader({ args, env, cwd }: CommandContext): LoadAgain {
  let texts: ReadonlyMap<string, Uint8Array> = new Map();

  return async (scope) => {
    const seen = new Map<string, Uint8Array>();
    const input: ConfigInput = {
      args,
      env,
      cwd,
      async readFile(path) {
        const content = (scope === 'material' ? texts.get(path) : undefined) ?? (await readBoundedFile(path));
        seen.set(path, content);
        return content;
      },
      listFolder,
    };
    const outcome: ConfigOutcome = await loadConfig(input);
    if (outcome.ok) {
      const { configuration } = outcome.watched;
      texts = new Map([...seen].filter(([path]) => configuration.includes(path)));
    }
    return outcome;
  };
}
