import { type ConfigOutcome, loadConfig } from '../../../src/config/load-config.js';
import { writtenFiles } from './written-files.js';

/** What an operator may have written, and where. */
export interface Written {
  /** promregator.yml in the working directory. */
  readonly yaml?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Further files by absolute path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** The mandatory ones, so that a row holds only what it is about. */
export const MANDATORY_ENV = { CF_API_HOST: 'api.example.org', CF_USERNAME: 'reader', CF_PASSWORD: 'pa$$word1' };

export async function loadWritten({
  yaml,
  env = MANDATORY_ENV,
  args = [],
  files = {},
}: Written): Promise<ConfigOutcome> {
  const all = new Map<string, string | Uint8Array>(Object.entries(files));
  if (yaml !== undefined) all.set('/work/promregator.yml', yaml);
  return loadConfig({ args, env, ...writtenFiles(all) });
}
