import type { Directory } from '../discovery/directory.js';
import { type PreparedDocument, prepareDocument, type RenderOptions } from '../discovery/sd-document.js';

/** The directory in force, and its documents ready-made. */
export interface CurrentDirectory {
  readonly directory: Directory | undefined;
  /** Foundations of which the directory holds nothing yet. */
  readonly missing: ReadonlySet<string>;
  replace(directory: Directory, missing?: ReadonlySet<string>): void;
  /** The discovery document as bytes; undefined until there is a directory. */
  document(options: RenderOptions): Buffer | undefined;
}

/** Hosts and filters are the callers' choice, so what is remembered for them is bounded; the last one always is. */
const MAX_DOCUMENTS = 8;
const MAX_BYTES = 64 * 1024 * 1024;

export function createCurrentDirectory(): CurrentDirectory {
  let directory: Directory | undefined;
  let missing: ReadonlySet<string> = new Set();
  let prepared: PreparedDocument | undefined;
  const documents = new Map<string, Buffer>();
  let keptBytes = 0;

  return {
    get directory() {
      return directory;
    },
    get missing() {
      return missing;
    },
    replace(next, nextMissing = new Set()) {
      directory = next;
      missing = nextMissing;
      prepared = undefined;
      documents.clear();
      keptBytes = 0;
    },
    document(options) {
      if (directory === undefined) return undefined;
      const key = JSON.stringify(options);
      const known = documents.get(key);
      if (known !== undefined) return known;
      prepared ??= prepareDocument(directory);
      const document = prepared.render(options);
      for (const [oldest, { length }] of documents) {
        if (documents.size < MAX_DOCUMENTS && keptBytes + document.length <= MAX_BYTES) break;
        documents.delete(oldest);
        keptBytes -= length;
      }
      documents.set(key, document);
      keptBytes += document.length;
      return document;
    },
  };
}
