import { stateOf } from '../assembly/file-state.js';
import type { ConfigLoader } from '../assembly/reloader.js';
import { errorCode } from '../base/errors.js';
import { loadConfig } from '../config/load-config.js';
import type { CommandContext } from './command.js';
import { listFolder } from './list-folder.js';
import { readBoundedFile } from './read-bounded-file.js';

/**
 * Reads the configuration of a command. For `material` the configuration files are as they were when they took force:
 * what an operator is in the middle of writing does not count because a certificate was renewed.
 */
export function createConfigLoader({ args, env, cwd }: CommandContext): ConfigLoader {
  let inForce: Contents = { all: new Map(), configuration: new Map() };
  let loaded = inForce;

  return {
    async load(scope) {
      const seen = new Map<string, Uint8Array>();
      const states = new Map<string, string>();
      const outcome = await loadConfig({
        args,
        env,
        cwd,
        async readFile(path, mostBytes) {
          const known = scope === 'material' ? inForce.configuration.get(path) : undefined;
          // Before it is read: what changes meanwhile is a change.
          states.set(path, await stateOf(path));
          const content = known ?? (await readFile(path, mostBytes, inForce.all.get(path)));
          seen.set(path, content);
          return content;
        },
        listFolder,
      });
      const { configuration } = outcome.watched;
      loaded = { all: seen, configuration: new Map([...seen].filter(([path]) => configuration.includes(path))) };
      return { ...outcome, states };
    },
    keep() {
      inForce = loaded;
    },
  };
}

/** By absolute path. */
interface Contents {
  readonly all: ReadonlyMap<string, Uint8Array>;
  readonly configuration: ReadonlyMap<string, Uint8Array>;
}

/** A pipe of the shell, `<(sops -d file)`, says what it has to say once; later, that counts. */
async function readFile(path: string, mostBytes: number, before: Uint8Array | undefined): Promise<Uint8Array> {
  try {
    return await readBoundedFile(path, mostBytes);
  } catch (error) {
    if (before !== undefined && errorCode(error) === 'pipe_silent') return before;
    throw error;
  }
}
