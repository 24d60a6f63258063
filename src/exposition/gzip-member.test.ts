import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { storedGzipMember } from './gzip-member.js';

test.each([0, 1, 463, 65_534, 65_535, 65_536, 131_070, 200_000])('%d bytes come out as they went in', (length) => {
  const content = Buffer.alloc(length, 'promregator ');
  expect(gunzipSync(storedGzipMember(content)).equals(content)).toBe(true);
});

test('any bytes join other members', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
      const joined = Buffer.concat([storedGzipMember(Buffer.from(first)), gzipSync(second)]);
      expect(gunzipSync(joined).equals(Buffer.concat([first, second]))).toBe(true);
    }),
    propertyRuns(),
  );
});
