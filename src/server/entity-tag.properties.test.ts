import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { matches } from './entity-tag.js';

test('If-None-Match names a tag when it is among those of its list, weak or not', () => {
  const opaque = fc.string({ unit: fc.constantFrom(...'aZ09,W/*!~é'), maxLength: 6 }).map((text) => `"${text}"`);
  const tag = fc.tuple(fc.constantFrom('', 'W/'), opaque);
  fc.assert(
    fc.property(fc.array(tag, { maxLength: 4 }), opaque, fc.constantFrom(',', ', ', ' ,\t'), (tags, ours, comma) => {
      const header = tags.map((each) => each.join('')).join(comma);
      expect(matches(header, ours)).toBe(tags.some(([, each]) => each === ours));
      expect(matches(`${header}${comma}W/${ours}`, ours)).toBe(true);
      expect(matches('*', ours)).toBe(true);
    }),
    propertyRuns(300),
  );
});

test('any text is a yes or a no', () => {
  fc.assert(
    fc.property(anyText(), (header) => {
      expect(matches(header, '"a"')).toBe(header.trim() === '*' || header.includes('"a"'));
    }),
    propertyRuns(300),
  );
});
