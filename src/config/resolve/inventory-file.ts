import { basename, dirname } from 'node:path';
import { errorCode } from '../../base/errors.js';
import type { InventoryFileConfig } from '../config.js';
import { type ProblemText, quote } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import type { ResolveContext } from './context.js';

type InventoryFileContext = Pick<ResolveContext, 'listFolder' | 'reporter'>;

/**
 * Where the inventory outlives a restart. What can never be written there is a warning: all else goes on without it.
 *
 * Whether we may write says the first attempt only: `check-config` may run as somebody else.
 */
export async function resolveInventoryFile(
  { file, maxAge }: RawConfig['promregator']['cache'],
  { listFolder, reporter }: InventoryFileContext,
): Promise<InventoryFileConfig | undefined> {
  if (file === undefined) return undefined;
  const trouble = await whyNoFile(file, listFolder);
  if (trouble !== undefined) reporter.warning(['promregator', 'cache', 'file'], trouble);
  return { file, maxAgeMs: maxAge * 1000 };
}

async function whyNoFile(file: string, listFolder: ResolveContext['listFolder']): Promise<ProblemText | undefined> {
  if (file.endsWith('/')) return aFolder(file);
  const folder = dirname(file);
  const around = await look(folder, listFolder);
  if (around === 'missing') {
    const expected = 'a folder that Promregator may write into';
    return { found: `${quote(file)}, whose folder is not there`, expected, remedy: `make ${quote(folder)}` };
  }
  if (around === 'no folder') {
    const found = `${quote(file)}, above which a file stands in place of a folder`;
    return { found, expected: 'a folder that Promregator may write into', remedy: 'name a file elsewhere' };
  }
  const isFolder = around.includes(basename(file)) && Array.isArray(await look(file, listFolder));
  return isFolder ? aFolder(file) : undefined;
}

/** The names in a folder; none where nothing can be said. */
async function look(
  path: string,
  listFolder: ResolveContext['listFolder'],
): Promise<readonly string[] | 'missing' | 'no folder'> {
  try {
    return await listFolder(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return 'missing';
    return code === 'ENOTDIR' ? 'no folder' : [];
  }
}

function aFolder(file: string): ProblemText {
  return { found: `${quote(file)}, which is a folder`, expected: 'the name of a file', remedy: 'name a file in it' };
}
