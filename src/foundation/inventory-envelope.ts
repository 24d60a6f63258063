import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import { CodedError, errorCode } from '../base/errors.js';

// promregator-inventory 1 sha256 <64 hexadecimal digits>\n<gzip>
// The checksum is over all that comes behind the line. It finds damage, not malice: who may write the file decides that.

/** Raised with every change that an older program would misread. */
const FORMAT = '1';
const MAGIC = 'promregator-inventory ';
const HEAD = /^promregator-inventory (\d{1,9}) (?:sha256 ([0-9a-f]{64})\n)?/;
const LONGEST_HEAD = 120;

/** Unpacked. Thirty thousand instances are about 30 MB; a file that was made to unpack into more fills no memory. */
export const MOST_CONTENT_BYTES = 256 * 1024 * 1024;

/** Three times faster than gzip's usual 6, for a file that is a fifth larger. */
const LEVEL = 2;

/** Why a file is no inventory that this program can use; `foreign` is none of ours at all. */
export class EnvelopeError extends CodedError<'foreign' | 'format' | 'damaged' | 'too_large'> {}

/**
 * Pieces of text as the bytes of a file, a piece at a time, with a turn for everybody else in between.
 *
 * @throws {EnvelopeError} `too_large`
 */
export async function seal(pieces: Iterable<string>, mostBytes: number = MOST_CONTENT_BYTES): Promise<Buffer> {
  const packed: Buffer[] = [];
  const hash = createHash('sha256');
  await pipeline(
    Readable.from(unhurried(pieces, mostBytes)),
    createGzip({ level: LEVEL }),
    async (gzip: AsyncIterable<Buffer>) => {
      for await (const chunk of gzip) {
        hash.update(chunk);
        packed.push(chunk);
      }
    },
  );
  return Buffer.concat([Buffer.from(`${MAGIC}${FORMAT} sha256 ${hash.digest('hex')}\n`), ...packed]);
}

async function* unhurried(pieces: Iterable<string>, mostBytes: number): AsyncGenerator<Buffer, void> {
  let length = 0;
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    length += bytes.length;
    if (length > mostBytes) throw tooLarge(mostBytes);
    yield bytes;
    await setImmediate();
  }
}

const unpack = promisify(gunzip);

/** What was sealed. @throws {EnvelopeError} for anything else */
export async function unseal(file: Buffer, mostBytes: number = MOST_CONTENT_BYTES): Promise<Buffer> {
  if (file.length === 0) throw new EnvelopeError('damaged', 'it is empty');
  const [head, format, checksum] = HEAD.exec(file.toString('latin1', 0, LONGEST_HEAD)) ?? [];
  if (head === undefined) throw new EnvelopeError('foreign', 'it is no inventory of Promregator');
  if (format !== FORMAT) {
    throw new EnvelopeError('format', `it has format ${format}, and this version reads format ${FORMAT}`);
  }
  const packed = file.subarray(head.length);
  if (createHash('sha256').update(packed).digest('hex') !== checksum) {
    throw new EnvelopeError('damaged', 'it is damaged: its checksum does not fit');
  }
  try {
    return await unpack(packed, { maxOutputLength: mostBytes });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(mostBytes);
    throw new EnvelopeError('damaged', 'it cannot be unpacked', { cause: error });
  }
}

/** Whether a file that begins like this may be replaced by an inventory: an older one, of any format, or nothing. */
export function mayBeReplaced(start: Buffer): boolean {
  return start.length === 0 || start.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC));
}

function tooLarge(mostBytes: number): EnvelopeError {
  return new EnvelopeError('too_large', `it holds more than ${Math.round(mostBytes / 1024 / 1024)} MiB`);
}
