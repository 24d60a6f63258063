import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { decodeInventories } from './inventory-file.js';
import { MalformedError } from './stored-resource.js';

// Behind the checksum: what somebody else wrote, who knows the format. inventory-file.test.ts has what we write ourselves.

const name = fc.constantFrom(
  'program',
  'writtenAtMs',
  'foundations',
  'foundation',
  'spaces',
  'readAtMs',
  'elements',
  'apps',
  'guid',
);
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(0, 1, 2 ** 53, 'all', -1, null, [], {}));
const head = fc.record({
  program: value,
  writtenAtMs: value,
  foundations: fc.oneof(fc.constantFrom(0, 1, 3, 2 ** 53 - 1), value),
});
const line = fc.oneof(
  head.map((fields) => JSON.stringify(fields)),
  fc.dictionary(name, value).map((fields) => JSON.stringify(fields)),
  fc.constantFrom('{"program":"1","writtenAtMs":1,"foundations":1}', '{"program":"1","writtenAtMs":1,"foundations":0}'),
  anyText(),
);

test('any lines are an inventory file or malformed, at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.constantFrom('\n', ''), async (lines, end) => {
      try {
        const file = await decodeInventories(Buffer.from(lines.join('\n') + end));
        expect(typeof file.program).toBe('string');
        expect(file.inventories.length).toBeLessThan(lines.length);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError);
      }
    }),
    propertyRuns(1000),
  );
});
