import { resolve } from 'node:path';

/** What reading needs of the outside world. */
export interface FileInput {
  /** Relative names of files start from here. */
  readonly cwd: string;
  /** Bytes of a file by absolute path; rejects with an error of code ENOENT when there is none. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** What stands in a folder, by absolute path; links are followed. Rejects like `readFile`. */
  readonly listFolder: (path: string) => Promise<readonly FolderEntry[]>;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/** Absolute paths of files that were read, or looked for and not there: a change of any may change the configuration. */
export interface WatchedFiles {
  readonly configuration: readonly string[];
  /** Secrets and certificates, which are renewed while the configuration stays as it is. */
  readonly material: readonly string[];
}

/** Reads by relative or absolute names, and remembers what was asked for. Texts are UTF-8. */
export interface FileAccess {
  readConfiguration(name: string): Promise<string>;
  readMaterial(name: string): Promise<string>;
  /** The same for what is no text: key stores. */
  readMaterialBytes(name: string): Promise<Uint8Array>;
  listFolder(name: string): Promise<readonly FolderEntry[]>;
  watched(): WatchedFiles;
}

export function createFileAccess(input: FileInput): FileAccess {
  const configuration = new Set<string>();
  const material = new Set<string>();
  const remember = (name: string, set: Set<string>): string => {
    const path = resolve(input.cwd, name);
    set.add(path);
    return path;
  };
  const readText = async (path: string): Promise<string> => Buffer.from(await input.readFile(path)).toString('utf8');
  return {
    readConfiguration: (name) => readText(remember(name, configuration)),
    readMaterial: (name) => readText(remember(name, material)),
    readMaterialBytes: (name) => input.readFile(remember(name, material)),
    listFolder: (name) => input.listFolder(resolve(input.cwd, name)),
    watched: () => ({ configuration: [...configuration], material: [...material] }),
  };
}
