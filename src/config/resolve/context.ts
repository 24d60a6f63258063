import type { Platform } from '../config.js';
import type { Findings, Reporter } from '../report.js';
import type { Environment } from '../sources/environment-source.js';
import type { MaterialContext } from '../tls-material/material.js';

/** What options are checked against, beside each other. */
export interface Surroundings extends Omit<MaterialContext, 'reporter'> {
  readonly platform: Platform;
  readonly env: Environment;
  /** Processors that Node may use. */
  readonly cores: number;
  /** For files with lines of their own. */
  readonly findings: Findings;
  /** Names inside of a folder. */
  readonly listFolder: (folder: string) => Promise<readonly string[]>;
}

/** Handed to all that resolve options. */
export interface ResolveContext extends Surroundings {
  readonly reporter: Reporter;
}
