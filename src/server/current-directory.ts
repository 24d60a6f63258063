import type { Directory } from '../discovery/directory.js';
import { type PreparedDocument, prepareDocument, type RenderOptions } from '../discovery/sd-document.js';

/** The directory in force, and its documents ready-made. */
export interface CurrentDirectory {
  readonly directory: Directory | undefined;
  /** Foundations of which the directory holds nothing yet. */
  readonly missing: ReadonlySet<string>;
  /** Whether all of it may be handed out, or only the part of a foundation that somebody names. */
  readonly whole: 'ready' | 'withheld';
  replace(directory: Directory, completeness?: Completeness): void;
  /** The discovery document as bytes; undefined until there is a directory. */
  document(options: RenderOptions): Buffer | undefined;
}

export interface Completeness {
  readonly missing: ReadonlySet<string>;
  readonly whole: 'ready' | 'withheld';
}

const COMPLETE: Completeness = { missing: new Set(), whole: 'ready' };

/** Hosts and filters are the callers' choice, so what is remembered for them is bounded; the last one always is. */
const MAX_DOCUMENTS = 8;
const MAX_BYTES = 64 * 1024 * 1024;

export function createCurrentDirectory(): CurrentDirectory {
  let directory: Directory | undefined;
  let completeness = COMPLETE;
  let prepared: PreparedDocument | undefined;
  const documents = new Map<string, Buffer>();
  let keptBytes = 0;

  return {
    get directory() {
      return directory;
    },
    get missing() {
      return completeness.missing;
    },
    get whole() {
      return directory === undefined ? 'withheld' : completeness.whole;
    },
    replace(next, nextCompleteness = COMPLETE) {
      directory = next;
      completeness = nextCompleteness;
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
