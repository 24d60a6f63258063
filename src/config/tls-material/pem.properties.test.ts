import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../../test/support/any-text.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { pemBlocks, toPem } from './pem.js';

const label = fc.constantFrom('CERTIFICATE', 'PRIVATE KEY', 'RSA PRIVATE KEY');
const block = fc.tuple(label, fc.uint8Array({ minLength: 1, maxLength: 200 }));
const between = fc.constantFrom('', '\n', 'subject=CN=x\n', '-----BEGIN', '#');

describe('PEM blocks', () => {
  test('are found in whatever stands around, however their lines were broken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(block, between), { maxLength: 4 }),
        fc.constantFrom('\n', '\r\n', ' ', '\\n', '\\r\\n', ''),
        (all, line) => {
          const blocks = all.map(([[name, bytes]]) => ({ label: name, text: toPem(name, bytes) }));
          const text = blocks
            .map((each, index) => each.text.trimEnd().replaceAll('\n', line) + (all[index]?.[1] ?? ''))
            .join('\n');
          expect(pemBlocks(text)).toEqual(blocks);
        },
      ),
      propertyRuns(200),
    );
  });

  test('of any text are blocks that are found again as they are', () => {
    const piece = fc.constantFrom(
      '-----BEGIN ',
      '-----END ',
      '-----',
      'CERTIFICATE',
      'A',
      '\n',
      '\\n',
      ' ',
      '=',
      ':',
      'DEK-Info: x',
      'é',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 20 }).map((all) => all.join('')),
      anyText(),
    );
    fc.assert(
      fc.property(text, (written) => {
        const blocks = pemBlocks(written);
        const again = pemBlocks(blocks.map((each) => each.text).join(''));
        expect(again).toEqual(blocks);
      }),
      propertyRuns(1000),
    );
  });
});
