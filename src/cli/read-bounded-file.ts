import { open } from 'node:fs/promises';
import { CodedError } from '../base/errors.js';

/** No configuration, certificate or key store is nearly as large; a device that never ends is larger. */
export const MOST_FILE_BYTES = 16 * 1024 * 1024;

const PIECE_BYTES = 64 * 1024;

/**
 * The whole of a file, pipes and devices too as long as they end.
 *
 * @throws what opening and reading say, and {CodedError} `too_large`
 */
export async function readBoundedFile(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE_BYTES));
      if (bytesRead === 0) return Buffer.concat(pieces);
      length += bytesRead;
      if (length > MOST_FILE_BYTES) throw new CodedError('too_large', 'it is larger than 16 MiB');
      pieces.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
