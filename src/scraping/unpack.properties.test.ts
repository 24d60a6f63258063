import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { storedGzipMember } from '../exposition/gzip-member.js';
import { unpack } from './unpack.js';

interface Outcome {
  readonly kind: 'whole' | 'broken' | 'stopped';
  /** As far as it was heard of; grows where somebody goes on behind the end. */
  readonly text: string;
}

/** `patience`: bytes after which nothing more is kept. */
function unpacked(packed: Buffer, lengths: readonly number[], patience = Number.POSITIVE_INFINITY): Promise<Outcome> {
  const chunks: Buffer[] = [];
  let rest = packed;
  for (const length of [...lengths, rest.length]) {
    chunks.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return new Promise((resolve) => {
    let text = '';
    const outcome = (kind: Outcome['kind']): Outcome => ({
      kind,
      get text() {
        return text;
      },
    });
    unpack(chunks, {
      keep(piece) {
        text += piece.toString('latin1');
        if (text.length <= patience) return true;
        resolve(outcome('stopped'));
        return false;
      },
      end: () => resolve(outcome('whole')),
      fail: () => resolve(outcome('broken')),
    });
  });
}

const content = fc.oneof(
  fc.string(),
  fc.tuple(fc.string(), fc.nat({ max: 5000 })).map(([text, times]) => text.repeat(times / 10)),
);
const member = fc.tuple(content, fc.boolean()).map(([text, isStored]) => {
  const bytes = Buffer.from(text, 'latin1');
  return { text: bytes.toString('latin1'), packed: isStored ? storedGzipMember(bytes) : gzipSync(bytes) };
});
const members = fc.array(member, { minLength: 1, maxLength: 4 });
const lengths = fc.array(fc.nat({ max: 50 }));
const joined = (all: readonly { readonly packed: Buffer }[]): Buffer => Buffer.concat(all.map(({ packed }) => packed));

describe('a gzip body', () => {
  test('of any members in any chunks is what was packed', async () => {
    await fc.assert(
      fc.asyncProperty(members, lengths, async (all, cuts) => {
        const text = all.map((each) => each.text).join('');
        expect(await unpacked(joined(all), cuts)).toEqual({ kind: 'whole', text });
      }),
      propertyRuns(),
    );
  });

  test('that breaks off is no whole one, but between two members', async () => {
    await fc.assert(
      fc.asyncProperty(members, lengths, fc.nat(), async (all, cuts, where) => {
        const packed = joined(all);
        const at = where % packed.length;
        const { kind } = await unpacked(packed.subarray(0, at), cuts);
        const ends = all.map((_, index) => joined(all.slice(0, index)).length);
        expect(kind).toBe(ends.includes(at) && at > 0 ? 'whole' : 'broken');
      }),
      propertyRuns(),
    );
  });

  test('is heard of no more when enough of it was kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100_000, max: 3_000_000 }),
        fc.nat({ max: 90_000 }),
        async (length, patience) => {
          const packed = gzipSync(Buffer.alloc(length, 'x'));
          const stopped = await unpacked(packed, [], patience);
          // As long as all of it takes, the first would have gone on.
          expect((await unpacked(packed, [])).text).toHaveLength(length);
          expect(stopped.kind).toBe('stopped');
          // A piece of zlib's has 16 KiB.
          expect(stopped.text.length).toBeLessThanOrEqual(patience + 16 * 1024);
        },
      ),
      propertyRuns(20),
    );
  });
});
