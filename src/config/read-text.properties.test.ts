import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { formatPath } from './path.js';
import { readText } from './read-text.js';
import type { ProblemText } from './report.js';
import { rootSchema } from './schema/root.js';
import { optionsOf, shapeOf } from './shape.js';

const options = optionsOf(shapeOf(rootSchema)).map(({ path, leaf }) => ({ name: formatPath(path), leaf }));
const option = fc.constantFrom(...options).map((each) => Object.assign(each, { [fc.toStringMethod]: () => each.name }));
const number = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom('0x1F', '-0x1', '1_000', '1__0', '1e3', '+5', ' 7 ', '5s', '5 min', '.5', '5.', '٣'),
);
const text = fc.oneof(
  number,
  fc.constantFrom('true', 'YES', 'off', '0', 'null', '~', '', ' ', 'https', 'ERROR', 'client-credentials'),
  anyText(),
);

test('any text of any option is a value that the option takes, or nothing, or a problem', () => {
  fc.assert(
    fc.property(option, text, ({ leaf }, written) => {
      const problems: ProblemText[] = [];
      const value = readText(leaf, written, (problem) => problems.push(problem));
      if (value !== undefined) {
        expect(leaf.schema.safeParse(value).success).toBe(true);
        expect(problems).toEqual([]);
      } else if (written.trim() !== '') {
        expect(problems).toHaveLength(1);
      }
    }),
    propertyRuns(2000),
  );
});

test('whole numbers are what they say, however they are written', () => {
  const large = options.find(({ leaf: { type } }) => type.kind === 'number' && type.whole && type.max >= 2 ** 31);
  if (large?.leaf.type.kind !== 'number') throw new Error('no option is a number');
  const { leaf } = large;
  const { min, max } = large.leaf.type;
  fc.assert(
    fc.property(fc.integer({ min: Math.ceil(min), max: Math.min(Math.floor(max), 2 ** 31) }), (value) => {
      const grouped = String(value).replace(/\B(?=(?:\d{3})+$)/g, '_');
      for (const written of [String(value), ` ${value}\n`, grouped, `0x${value.toString(16)}`, `+${value}`]) {
        expect(readText(leaf, written, (problem) => expect(problem).toBe(undefined))).toBe(value);
      }
    }),
    propertyRuns(),
  );
});
