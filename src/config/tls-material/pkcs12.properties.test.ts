import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { Pkcs12Error, readPkcs12, type StoreContents } from './pkcs12.js';
import { foreignStoreProblem } from './store-format.js';

// Small ones, in the old cipher, in the new one and in none; what they hold is in pkcs12.test.ts.
const STORES = ['trust-open.p12', 'openssl-plain.p12', 'openssl-no-mac.p12', 'openssl-legacy.p12'].map((name) =>
  readFileSync(new URL(`../../../test/fixtures/key-stores/${name}`, import.meta.url)),
);

/** What came out; every error but the documented one is thrown on. */
async function contents(bytes: Uint8Array, password: string | undefined): Promise<StoreContents | Pkcs12Error> {
  try {
    return await readPkcs12(bytes, password);
  } catch (error) {
    if (error instanceof Pkcs12Error) return error;
    throw error;
  }
}

function keysOf(store: StoreContents): readonly (Buffer | Pkcs12Error)[] {
  return store.keys.map(({ decrypt }) => {
    try {
      return decrypt(undefined);
    } catch (error) {
      if (error instanceof Pkcs12Error) return error;
      throw error;
    }
  });
}

const password = fc.constantFrom('changeit', undefined, '', 'wrong');

describe('a PKCS#12 store', () => {
  test('with other bytes anywhere is read or refused, in bounded time', async () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.oneof(fc.constantFrom(0, 0xff, 0x7f, 0x80, 0x30, 0x04), fc.nat({ max: 255 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...STORES),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        password,
        async (store, changes, word) => {
          const bytes = Buffer.from(store);
          for (const { at, byte } of changes) bytes.writeUInt8(byte, at % bytes.length);
          const found = await contents(bytes, word);
          if (!(found instanceof Pkcs12Error)) keysOf(found);
        },
      ),
      propertyRuns(30),
    );
  });

  test('that is cut off is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...STORES), fc.nat(), password, async (store, where, word) => {
        expect(await contents(store.subarray(0, where % store.length), word)).toBeInstanceOf(Pkcs12Error);
      }),
      propertyRuns(30),
    );
  });

  test('of any bytes is refused', async () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc
        .array(fc.constantFrom(0x30, 0x80, 0x82, 0x04, 0x06, 0xa0, 0x02, 0x00, 0x01, 0xff))
        .map((all) => Uint8Array.from(all)),
      fc.nat({ max: 20_000 }).map((depth) => Buffer.alloc(depth, Buffer.from([0x30, 0x80]))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, password, async (all, word) => {
        expect(await contents(all, word)).toBeInstanceOf(Pkcs12Error);
        expect(foreignStoreProblem(all, 'a.p12')).toBe(undefined);
      }),
      propertyRuns(200),
    );
  });
});
