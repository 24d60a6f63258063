import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { EnvelopeError, mayBeReplaced, seal, unseal } from './inventory-envelope.js';

/** A file as it is after something happened to it, told from what it was. */
async function fateOf(file: Buffer): Promise<'refused' | string> {
  try {
    return (await unseal(file)).toString();
  } catch (error) {
    // What is thrown else is thrown on.
    if (error instanceof EnvelopeError) return 'refused';
    throw error;
  }
}

describe('a sealed file', () => {
  let whole: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    const lines = Array.from({ length: 200 }, (_, index) =>
      JSON.stringify({ guid: index * 7919, name: `n${index ** 5}` }),
    );
    whole = await seal([`${lines.join('\n')}\n`]);
  });

  test('with another bit anywhere is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat({ max: 7 }), async (where, bit) => {
        const damaged = Buffer.from(whole);
        const at = where % damaged.length;
        damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at);
        expect(await fateOf(damaged)).toBe('refused');
      }),
      propertyRuns(500),
    );
  });

  test('cut off, gone on with, or with a piece that is missing or repeated is refused', async () => {
    const piece = fc.record({
      from: fc.nat(),
      length: fc.integer({ min: 1, max: 200 }),
      put: fc.uint8Array({ maxLength: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(piece, async ({ from, length, put }) => {
        const at = from % (whole.length + 1);
        const damaged = Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + length)]);
        if (damaged.equals(whole)) return;
        expect(await fateOf(damaged)).toBe('refused');
      }),
      propertyRuns(500),
    );
  });

  test('is what may be replaced, and hardly anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (bytes) => {
        expect(await fateOf(Buffer.from(bytes))).toBe('refused');
        expect(mayBeReplaced(Buffer.from(bytes))).toBe(false);
        expect(mayBeReplaced(Buffer.concat([whole.subarray(0, 60), bytes]))).toBe(true);
      }),
      propertyRuns(),
    );
  });
});
