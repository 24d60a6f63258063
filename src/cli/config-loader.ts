import { stateOf } from '../assembly/file-state.js';
import type { ConfigLoader } from '../assembly/reloader.js';
import { loadConfig } from '../config/load-config.js';
import type { CommandContext } from './command.js';
import { listFolder } from './list-folder.js';
import { readBoundedFile } from './read-bounded-file.js';

/**
 * Reads the configuration of a command. For `material` the configuration files are as they were when they took force:
 * what an operator is in the middle of writing does not count because a certificate was renewed.
 */
export function createConfigLoader({ args, env, cwd }: CommandContext): ConfigLoader {
  let inForce: ReadonlyMap<string, Uint8Array> = new Map();
  let loaded = inForce;

  return {
    async load(scope) {
      const seen = new Map<string, Uint8Array>();
      const states = new Map<string, string>();
      const outcome = await loadConfig({
        args,
        env,
        cwd,
        async readFile(path) {
          const known = scope === 'material' ? inForce.get(path) : undefined;
          // Before it is read: what changes meanwhile is a change.
          states.set(path, await stateOf(path));
          const content = known ?? (await readBoundedFile(path));
          seen.set(path, content);
          return content;
        },
        listFolder,
      });
      const { configuration } = outcome.watched;
      loaded = new Map([...seen].filter(([path]) => configuration.includes(path)));
      return { ...outcome, states };
    },
    keep() {
      inForce = loaded;
    },
  };
}
