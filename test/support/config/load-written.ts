import { type ConfigOutcome, loadConfig } from '../../../src/config/load-config.js';
import type { FolderEntry } from '../../../src/config/sources/file-access.js';

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
  const readFile = async (path: string): Promise<Uint8Array> => {
    const content = all.get(path);
    if (content === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    return typeof content === 'string' ? Buffer.from(content) : content;
  };
  const listFolder = async (path: string): Promise<readonly FolderEntry[]> => {
    const below = [...all.keys()].filter((name) => name.startsWith(`${path.replace(/\/$/, '')}/`));
    if (below.length === 0) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    const steps = below.map((name) => name.slice(path.replace(/\/$/, '').length + 1).split('/'));
    const folders = new Map(steps.map(([name = '', ...rest]) => [name, rest.length > 0]));
    return [...folders].map(([name, isFolder]) => ({ name, kind: isFolder ? 'folder' : 'file' }));
  };
  return loadConfig({ args, env, cwd: '/work', readFile, listFolder });
}
