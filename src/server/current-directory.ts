import { createHash } from 'node:crypto';
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
  /** The discovery document; undefined until there is a directory. */
  document(options: RenderOptions): DiscoveryDocument | undefined;
  /**
   * Stands for what the directory offers, whoever asks for it: replicas with the same targets have the same. Undefined
   * until there is a directory.
   */
  readonly version: number | undefined;
}

export interface DiscoveryDocument {
  readonly bytes: Buffer;
  /** Strong (RFC 9110 8.8.3), with its quotes: the same for the same bytes, in every replica. */
  readonly etag: string;
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
  const documents = new Map<string, DiscoveryDocument>();
  let version: number | undefined;
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
      version = undefined;
      documents.clear();
      keptBytes = 0;
    },
    document(options) {
      if (directory === undefined) return undefined;
      const key = JSON.stringify(options);
      const known = documents.get(key);
      if (known !== undefined) return known;
      prepared ??= prepareDocument(directory);
      const bytes = prepared.render(options);
      for (const [oldest, { bytes: old }] of documents) {
        if (documents.size < MAX_DOCUMENTS && keptBytes + bytes.length <= MAX_BYTES) break;
        documents.delete(oldest);
        keptBytes -= old.length;
      }
      const document = { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
      documents.set(key, document);
      keptBytes += bytes.length;
      return document;
    },
    get version() {
      if (directory === undefined) return undefined;
      prepared ??= prepareDocument(directory);
      version ??= prepared.version();
      return version;
    },
  };
}
