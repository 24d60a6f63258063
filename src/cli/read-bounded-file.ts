import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Milliseconds } from '../base/duration.js';
import { CodedError, errorCode } from '../base/errors.js';

/** Where nobody says less. No configuration, certificate or key store is nearly as large; a device without end is larger. */
export const MOST_FILE_BYTES = 16 * 1024 * 1024;

const PIECE_BYTES = 64 * 1024;

/** How long a pipe may keep us waiting. */
export interface Patience {
  /** For somebody to open it for writing. */
  readonly writerMs: Milliseconds;
  /** For whoever has opened it to write; it may be asking for a password, or a key service far away. */
  readonly dataMs: Milliseconds;
}

const PATIENCE: Patience = { writerMs: 5_000, dataMs: 60_000 };

/** How often a pipe is looked at. */
const LOOK_EVERY_MS: Milliseconds = 20;

/**
 * The whole of a file, pipes and devices too as long as they end: `/dev/stdin`, or what a shell makes of `<(sops -d file)`.
 * Nothing is opened in a way that blocks, since a thread that does cannot be interrupted, by signals neither.
 *
 * @throws what opening and reading say, and {CodedError} `too_large`, `pipe_silent`
 */
export async function readBoundedFile(
  path: string,
  mostBytes: number = MOST_FILE_BYTES,
  patience: Patience = PATIENCE,
): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const piece = await readPiece(file, length === 0 ? 'first' : 'further', patience);
      if (piece.length === 0) return Buffer.concat(pieces);
      length += piece.length;
      if (length > mostBytes) throw new CodedError('too_large', `it is larger than ${mostBytes / 1024 / 1024} MiB`);
      pieces.push(piece);
    }
  } finally {
    await file.close();
  }
}

/** What comes next; empty at the end. */
async function readPiece(file: FileHandle, which: 'first' | 'further', patience: Patience): Promise<Buffer> {
  const start = performance.now();
  for (;;) {
    const piece = await tryRead(file);
    const waitedMs = performance.now() - start;
    if (piece === undefined) {
      if (waitedMs > patience.dataMs) throw silent(patience.dataMs);
    } else {
      // A pipe without a writer is at its end at once; one may come yet.
      const mayCome = piece.length === 0 && which === 'first' && (await file.stat()).isFIFO();
      if (!mayCome) return piece;
      if (waitedMs > patience.writerMs) throw silent(patience.writerMs);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** Undefined: there is nothing to be read yet. */
async function tryRead(file: FileHandle): Promise<Buffer | undefined> {
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (errorCode(error) === 'EAGAIN') return undefined;
    throw error;
  }
}

function silent(waitedMs: Milliseconds): CodedError {
  return new CodedError('pipe_silent', `it is a pipe, and nobody wrote to it for ${waitedMs / 1000} s`);
}
