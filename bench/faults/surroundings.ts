import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Milliseconds } from '../../src/base/duration.js';
import type { Part } from '../support/stage.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What a program believes of the world around it. */
export interface Surroundings {
  /** Addresses of names below `.faults.test`; one that is absent does not resolve. */
  readonly names: Readonly<Record<string, string>>;
  /** Added to what the machine's clock says. */
  readonly clockShiftMs: Milliseconds;
}

export interface SurroundingsFile extends Part {
  /** For the program that lives in them. */
  readonly env: Readonly<Record<string, string>>;
  change(part: Partial<Surroundings>): void;
}

/** Named after none that exists: `.test` is reserved (RFC 6761 6.2). */
export const API_NAME = 'api.faults.test';
export const UAA_NAME = 'uaa.faults.test';

export const USUAL: Surroundings = {
  names: { [API_NAME]: '127.0.0.1', [UAA_NAME]: '127.0.0.1' },
  clockShiftMs: 0,
};

/** @param main compiled `main.js` of the program: what it loads first was compiled with it */
export function writeSurroundings(main: string): SurroundingsFile {
  const folder = temporaryFolder();
  const file = join(folder.path, 'surroundings.json');
  const preload = pathToFileURL(join(dirname(main), '..', 'bench', 'faults', 'surroundings-preload.js'));
  let current = USUAL;
  const write = (): void => writeFileSync(file, JSON.stringify(current));
  write();
  return {
    env: { NODE_OPTIONS: `--import=${preload.href}`, FAULTS_SURROUNDINGS: file },
    change(part) {
      current = { ...current, ...part };
      write();
    },
    stop: async () => folder.remove(),
    kill: () => folder.remove(),
  };
}
