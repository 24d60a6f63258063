import fc from 'fast-check';

/**
 * Texts of any UTF-16 code units, lone surrogates among them: what whoever sends us text may send. Half of it is
 * printable ASCII, where syntax is made of.
 *
 * In place of fast-check's own unit `binary`, which takes most of a second to be made in each test file.
 */
export function anyText(constraints: fc.StringConstraints = {}): fc.Arbitrary<string> {
  const unit = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xff }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
    { weight: 1, arbitrary: fc.integer({ min: 0x1_0000, max: 0x10_ffff }) },
  );
  return fc.string({ ...constraints, unit: unit.map((code) => String.fromCodePoint(code)) });
}
