import { crc32 } from 'node:zlib';

/** RFC 1952 2.3: magic, deflate, no flags, no time, no extra flags, unknown system. */
const HEADER = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff]);
const TRAILER_LENGTH = 8;
/** RFC 1951 3.2.4: a flag byte, the length and its complement. */
const BLOCK_HEAD_LENGTH = 5;
const MAX_BLOCK_LENGTH = 65_535;

/**
 * One gzip member that holds `content` uncompressed. Some hundred bytes are not worth a deflate stream: this takes
 * 0.8 µs, `gzipSync` 19 (facts/limits.md 6).
 */
export function storedGzipMember(content: Buffer): Buffer {
  const blocks = Math.max(1, Math.ceil(content.length / MAX_BLOCK_LENGTH));
  const length = HEADER.length + blocks * BLOCK_HEAD_LENGTH + content.length + TRAILER_LENGTH;
  const member = Buffer.allocUnsafe(length);
  let at = HEADER.copy(member);
  for (let block = 0; block < blocks; block += 1) {
    const start = block * MAX_BLOCK_LENGTH;
    const end = Math.min(content.length, start + MAX_BLOCK_LENGTH);
    at = member.writeUInt8(block === blocks - 1 ? 1 : 0, at);
    at = member.writeUInt16LE(end - start, at);
    at = member.writeUInt16LE(~(end - start) & 0xffff, at);
    at += content.copy(member, at, start, end);
  }
  at = member.writeUInt32LE(crc32(content), at);
  member.writeUInt32LE(content.length % 2 ** 32, at);
  return member;
}
