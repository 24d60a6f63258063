import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { MOST_CONTENT_BYTES, mayBeReplaced, seal, unseal } from './inventory-envelope.js';

const MIB = 1024 * 1024;

/** As somebody would make one who knows the format. */
function envelope(packed: Buffer, format = '1'): Buffer {
  const checksum = createHash('sha256').update(packed).digest('hex');
  return Buffer.concat([Buffer.from(`promregator-inventory ${format} sha256 ${checksum}\n`), packed]);
}

describe('seal and unseal', () => {
  test('give what was given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), async (pieces) => {
        expect((await unseal(await seal(pieces))).toString()).toBe(pieces.join(''));
      }),
      propertyRuns(),
    );
  });

  test('let others work between the pieces', async () => {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await seal(Array.from({ length: 50 }, () => 'x'.repeat(1000)));
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(50);
  });

  test('write no more than what is read again', async () => {
    await expect(seal(['x'.repeat(2 * MIB)], MIB)).rejects.toMatchObject({
      code: 'too_large',
      message: 'it holds more than 1 MiB',
    });
  });
});

const whole = await seal(['{"program":"1"}\n']);
const altered = (at: number): Buffer => {
  const copy = Buffer.from(whole);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
};

describe('unseal refuses', () => {
  test.each<[string, Buffer, string, RegExp]>([
    ['nothing', Buffer.alloc(0), 'damaged', /it is empty/],
    ['another file', Buffer.from('cf:\n  api_host: x\n'), 'foreign', /no inventory of Promregator/],
    ['zeroes', Buffer.alloc(4096), 'foreign', /no inventory of Promregator/],
    ['a later format', envelope(gzipSync('x'), '2'), 'format', /format 2, and this version reads format 1/],
    ['a later format that looks otherwise', Buffer.from('promregator-inventory 27 blake3'), 'format', /format 27/],
    ['a head alone', whole.subarray(0, 96), 'damaged', /checksum/],
    ['half a head', whole.subarray(0, 40), 'damaged', /checksum/],
    ['all but the last byte', whole.subarray(0, -1), 'damaged', /checksum/],
    ['a byte too many', Buffer.concat([whole, Buffer.from('x')]), 'damaged', /checksum/],
    ['another bit in the content', altered(whole.length - 10), 'damaged', /checksum/],
    ['another bit in the checksum', altered(40), 'damaged', /checksum/],
    ['what is not packed', envelope(Buffer.from('plain')), 'damaged', /cannot be unpacked/],
    ['what is packed in part', envelope(gzipSync('x'.repeat(9999)).subarray(0, 20)), 'damaged', /cannot be unpacked/],
  ])('%s', async (_, file, code, message) => {
    await expect(unseal(file)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('what unpacks into more than memory should hold', async () => {
    const bomb = envelope(gzipSync(Buffer.alloc(MOST_CONTENT_BYTES + 1)));
    expect(bomb.length).toBeLessThan(MIB);
    const before = process.memoryUsage().rss;
    await expect(unseal(bomb)).rejects.toMatchObject({ code: 'too_large', message: 'it holds more than 256 MiB' });
    expect(process.memoryUsage().rss - before).toBeLessThan(2 * MOST_CONTENT_BYTES);
  });
});

test.each<[string, boolean]>([
  ['', true],
  [whole.toString('latin1'), true],
  ['promregator-inventory 99 whatever', true],
  ['promregator-inven', false],
  ['promregator:\n', false],
  ['\0\0\0', false],
])('%j may be replaced: %s', (start, expected) => {
  expect(mayBeReplaced(Buffer.from(start.slice(0, 64), 'latin1'))).toBe(expected);
});
