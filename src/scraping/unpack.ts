import { createGunzip } from 'node:zlib';

/** Who gets an unpacked body, piece by piece; `end` or `fail` comes last. */
export interface Unpacked {
  /** Takes the next piece; false ends the unpacking, and nothing more is heard. */
  keep(piece: Buffer): boolean;
  end(): void;
  /** The body is no complete gzip. */
  fail(cause: Error): void;
}

/** Unpacks a whole gzip body. In pieces, since a few bytes can become gigabytes: who keeps them can stop it. */
export function unpack(packed: readonly Buffer[], receiver: Unpacked): void {
  const gunzip = createGunzip();
  gunzip.on('data', (piece: Buffer) => {
    if (!receiver.keep(piece)) gunzip.destroy();
  });
  gunzip.on('end', () => receiver.end());
  gunzip.on('error', (cause) => receiver.fail(cause));
  for (const chunk of packed) gunzip.write(chunk);
  gunzip.end();
}
