import type { ConfigInput } from './load-config.js';
import type { Findings, Problem } from './report.js';
import { rootShape } from './root-shape.js';
import { createFileAccess } from './sources/file-access.js';
import { readSources } from './sources/read-sources.js';
import type { Cipher } from './values/cipher.js';
import { findCipher } from './values/prepare-values.js';

export interface CipherOutcome {
  /** Undefined when no source says a key, or when there are problems. */
  readonly cipher: Cipher | undefined;
  readonly problems: readonly Problem[];
}

/** The cipher by which a configuration's values are encrypted; nothing else of the configuration is checked. */
export async function loadCipher(input: ConfigInput): Promise<CipherOutcome> {
  const findings: Findings = { problems: [], warnings: [] };
  const shape = rootShape();
  const files = createFileAccess(input);
  const { root } = await readSources({ ...input, files, shape }, findings);
  if (findings.problems.length > 0) return { cipher: undefined, problems: findings.problems };
  const readFile = (path: string): Promise<string> => files.readMaterial(path);
  const cipher = await findCipher({ root, shape, env: input.env, cwd: input.cwd, readFile }, findings);
  return { cipher, problems: findings.problems };
}
