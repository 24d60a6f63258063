import { constants, crc32, deflateRawSync } from 'node:zlib';

/** A text that stays the same, compressed once so that changing texts can be put behind it cheaply. */
export interface CompressedPrefix {
  /** Deflate blocks that end on a byte, none of them the last. */
  readonly blocks: Buffer;
  readonly checksum: number;
  readonly length: number;
}

const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** Most that a stored block holds (RFC 1951 3.2.4). */
const STORED_MAX = 65_535;

export function compressPrefix(text: Uint8Array): CompressedPrefix {
  return {
    blocks: text.byteLength === 0 ? Buffer.alloc(0) : deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }),
    checksum: crc32(text),
    length: text.byteLength,
  };
}

/** One gzip member (RFC 1952) of prefix and suffix. The suffix goes in stored blocks, which costs no compression. */
export function spliceGzip(prefix: CompressedPrefix, suffix: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [HEADER, prefix.blocks];
  let offset = 0;
  do {
    const block = suffix.subarray(offset, offset + STORED_MAX);
    offset += block.byteLength;
    const head = Buffer.alloc(5);
    head.writeUInt8(offset >= suffix.byteLength ? 1 : 0, 0);
    head.writeUInt16LE(block.byteLength, 1);
    head.writeUInt16LE(block.byteLength ^ 0xffff, 3);
    pieces.push(head, block);
  } while (offset < suffix.byteLength);
  const trailer = Buffer.alloc(8);
  // Node's crc32 forgets the value that it is given when there is nothing to add.
  trailer.writeUInt32LE(suffix.byteLength === 0 ? prefix.checksum : crc32(suffix, prefix.checksum), 0);
  trailer.writeUInt32LE((prefix.length + suffix.byteLength) >>> 0, 4);
  pieces.push(trailer);
  return pieces;
}
