import { resolve } from 'node:path';
import { CodedError } from '../../base/errors.js';
import { decodeValue } from './decode-text.js';

/** What reading needs of the outside world. */
export interface FileInput {
  /** Relative names of files start from here. */
  readonly cwd: string;
  /**
   * Bytes of a file by absolute path; rejects with an error of code ENOENT when there is none. More than `mostBytes` are
   * not wanted: it may reject then.
   */
  readonly readFile: (path: string, mostBytes: number) => Promise<Uint8Array>;
  /** What stands in a folder, by absolute path; links are followed. Rejects like `readFile`. */
  readonly listFolder: (path: string) => Promise<readonly FolderEntry[]>;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}

/**
 * Absolute paths of files that were read, or looked for and not there: a change of any may change the configuration.
 * Among them are folders whose files count one by one.
 */
export interface WatchedFiles {
  readonly configuration: readonly string[];
  /** Secrets and certificates, which are renewed while the configuration stays as it is. */
  readonly material: readonly string[];
}

/**
 * Reads by relative or absolute names, each file once: a pipe can be read once only, and what was read twice might differ.
 * Remembers what was asked for. Rejects as `FileInput` does, and with {CodedError} `too_large`.
 */
export interface FileAccess {
  readConfiguration(name: string): Promise<Uint8Array>;
  /** As UTF-8; rejects with {CodedError} `not_utf8` where it is not. */
  readMaterial(name: string): Promise<string>;
  /** The same for what is no text: key stores. */
  readMaterialBytes(name: string): Promise<Uint8Array>;
  listFolder(name: string): Promise<readonly FolderEntry[]>;
  /** The same for a folder of material, in which a file that is added counts. */
  listMaterial(name: string): Promise<readonly FolderEntry[]>;
  watched(): WatchedFiles;
}

const MEBIBYTE = 1024 * 1024;

/** A second's work for the parser; those of the largest landscapes have some hundred kilobytes. */
const MOST_CONFIGURATION_MEBIBYTES = 2;

/** A store of all authorities of the world has a quarter of it. */
const MOST_MATERIAL_MEBIBYTES = 1;

export function createFileAccess(input: FileInput): FileAccess {
  const configuration = new Set<string>();
  const material = new Set<string>();
  const contents = new Map<string, Promise<Uint8Array>>();

  const read = async (path: string, mostMebibytes: number): Promise<Uint8Array> => {
    const reading = contents.get(path) ?? input.readFile(path, mostMebibytes * MEBIBYTE);
    contents.set(path, reading);
    const content = await reading;
    if (content.length <= mostMebibytes * MEBIBYTE) return content;
    throw new CodedError('too_large', `it is larger than ${mostMebibytes} MiB`);
  };
  const readMaterialBytes = (name: string): Promise<Uint8Array> => {
    const path = resolve(input.cwd, name);
    material.add(path);
    return read(path, MOST_MATERIAL_MEBIBYTES);
  };
  return {
    readConfiguration: (name) => {
      const path = resolve(input.cwd, name);
      configuration.add(path);
      return read(path, MOST_CONFIGURATION_MEBIBYTES);
    },
    readMaterial: async (name) => decodeValue(await readMaterialBytes(name)),
    readMaterialBytes,
    listFolder: (name) => input.listFolder(resolve(input.cwd, name)),
    listMaterial: (name) => {
      const path = resolve(input.cwd, name);
      material.add(path);
      return input.listFolder(path);
    },
    watched: () => ({ configuration: [...configuration], material: [...material] }),
  };
}
