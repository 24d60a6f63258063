import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { CapiError } from './capi-error.js';
import { formDecode, formEncode } from './form-encoding.js';
import { fulfils, parseLabelSelector } from './label-selector.js';
import { type ListQuery, parseListQuery } from './list-query.js';

const RULES = {
  filters: ['names', 'space_guids'],
  orderBy: ['created_at', 'name'],
  include: ['space'],
  negatable: ['names'],
};

function read(query: string): ListQuery | CapiError {
  try {
    return parseListQuery(query, RULES);
  } catch (error) {
    if (error instanceof CapiError) return error;
    throw error;
  }
}

describe('the query of a list', () => {
  test('of any text is understood or an error of the API', () => {
    const piece = fc.constantFrom(
      'page',
      'per_page',
      'names',
      'names[not]',
      'created_ats[gt]',
      'label_selector',
      'include',
      'order_by',
      '=',
      '&',
      ',',
      '%',
      '%2C',
      '+',
      '-1',
      '5',
      '9999',
      '__proto__',
      '[',
      ']',
      '2026-11-22T06:00:00Z',
    );
    const query = fc.oneof(
      fc.array(piece, { maxLength: 10 }).map((all) => all.join('')),
      anyText(),
    );
    fc.assert(
      fc.property(query, (text) => {
        const found = read(text);
        if (found instanceof CapiError) return;
        expect(found.page).toBeGreaterThanOrEqual(1);
        expect(found.perPage).toBeGreaterThanOrEqual(1);
        expect(found.perPage).toBeLessThanOrEqual(5000);
        expect(read(found.hrefQuery(2))).toMatchObject({ page: 2, perPage: found.perPage });
      }),
      propertyRuns(1000),
    );
  });

  test('finds the names that were asked for, encoded twice where they hold commas', () => {
    const name = fc.string({ unit: fc.constantFrom(...'ab,&=é'), minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.nat({ max: 50 }), (names, page) => {
        const value = names.map((each) => formEncode(each).replaceAll('+', '%20')).join(',');
        const found = read(`names=${formEncode(value)}&per_page=7`);
        if (found instanceof CapiError) throw found;
        expect([...(found.filters.get('names') ?? [])]).toEqual([...new Set(names)]);
        expect(read(found.hrefQuery(page + 1))).toMatchObject({ page: page + 1, perPage: 7, filters: found.filters });
      }),
      propertyRuns(200),
    );
  });
});

test('a form is encoded so that decoding gives it back, and any text is decoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), anyText(), (text, any) => {
      expect(formDecode(formEncode(text))).toBe(text);
      expect(formEncode(text)).toMatch(/^[\w.~%+-]*$/);
      expect(typeof formDecode(any)).toBe('string');
    }),
    propertyRuns(300),
  );
});

test('a label selector of any text holds or not, or names its problem', () => {
  const piece = fc.constantFrom(
    'env',
    'a/b',
    '=',
    '==',
    '!=',
    ' in (',
    ' notin (',
    ')',
    ',',
    '!',
    ' ',
    'prod',
    '-',
    '.',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
        fc.string(),
      ),
      (text) => {
        const found = parseLabelSelector(text);
        if (typeof found === 'string') expect(['missing', 'invalid', 'too_many']).toContain(found);
        else expect(found.every((each) => typeof fulfils({ env: 'prod' }, each) === 'boolean')).toBe(true);
      },
    ),
    propertyRuns(500),
  );
});
