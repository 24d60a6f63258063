import type { FileInput, FolderEntry } from '../../../src/config/sources/file-access.js';

/** A file system that holds these files, by absolute path, and the working directory /work. */
export function writtenFiles(files: ReadonlyMap<string, string | Uint8Array>): FileInput {
  return {
    cwd: '/work',
    async readFile(path) {
      const content = files.get(path);
      if (content === undefined) throw missing(path);
      return typeof content === 'string' ? Buffer.from(content) : content;
    },
    async listFolder(path) {
      const folder = `${path.replace(/\/$/, '')}/`;
      const below = [...files.keys()].filter((name) => name.startsWith(folder));
      if (below.length === 0) throw missing(path);
      const entries = below.map((name): [string, FolderEntry['kind']] => {
        const [first = '', ...others] = name.slice(folder.length).split('/');
        return [first, others.length > 0 ? 'folder' : 'file'];
      });
      return [...new Map(entries)].map(([name, kind]) => ({ name, kind }));
    },
  };
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
}
