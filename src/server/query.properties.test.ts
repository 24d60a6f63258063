import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../test/support/any-text.js';
import { propertyRuns } from '../../test/support/property-runs.js';
import { directoryOf } from '../../test/support/scrape/directory.js';
import { acceptsJson } from './accepts-json.js';
import { readAskedPart } from './query.js';

const current = { directory: directoryOf(), missing: new Set(['late']), whole: 'ready' } as const;

const name = fc.constantFrom('foundation', 'rule', 'org', 'space', 'application', 'x', '__proto__', 'constructor', '');
const value = fc.oneof(
  fc.constantFrom(
    'default',
    'late',
    '0',
    '1',
    'promregator.targets[0]',
    '99999999999999999999',
    '__proto__',
    '\r\nX: y',
  ),
  anyText(),
);
const pairs = fc.array(fc.tuple(name, value), { maxLength: 4 });

describe('a query', () => {
  test('of any text names a part that there is, or is refused in one short line', () => {
    const raw = fc.oneof(
      fc
        .array(fc.constantFrom('foundation', 'rule', '=', '&', '%', '%zz', '%0d%0a', '+', '0', '[', '?', '#', ';'))
        .map((all) => all.join('')),
      pairs.map((all) => new URLSearchParams(all).toString()),
      anyText(),
    );
    fc.assert(
      fc.property(raw, (query) => {
        const part = readAskedPart(query, current);
        if (part.kind === 'bad_request') {
          expect(part.problem).toMatch(/^[^\p{Cc}\u2028\u2029]{1,200}$/u);
        } else if (part.kind === 'part' && part.filter !== undefined) {
          expect(part.filter.foundations.every((each) => each === 'default')).toBe(true);
          expect(part.filter.rules.every((each) => each === 'promregator.targets[0]')).toBe(true);
        }
      }),
      propertyRuns(1000),
    );
  });

  test('takes names of organizations, spaces and applications as they are', () => {
    fc.assert(
      fc.property(fc.array(value), fc.array(value), fc.array(value), (orgs, spaces, applications) => {
        const well = (all: readonly string[]): readonly string[] => all.map((each) => Buffer.from(each).toString());
        const query = new URLSearchParams([
          ...orgs.map((each): [string, string] => ['org', each]),
          ...spaces.map((each): [string, string] => ['space', each]),
          ...applications.map((each): [string, string] => ['application', each]),
        ]).toString();
        const part = readAskedPart(query, current);
        expect(part.kind === 'part' && part.filter).toEqual(
          query === ''
            ? undefined
            : {
                foundations: [],
                rules: [],
                organizations: well(orgs),
                spaces: well(spaces),
                applications: well(applications),
              },
        );
      }),
      propertyRuns(300),
    );
  });
});

test('Accept of any text is a yes or a no to JSON, and the closest range decides', () => {
  const range = fc.constantFrom('application/json', 'application/*', '*/*', 'text/html', 'APPLICATION/JSON');
  const clause = fc.tuple(range, fc.constantFrom('', ';q=0', ';q=1', ';q=0.001', ';q=x'));
  fc.assert(
    fc.property(fc.array(clause, { minLength: 1, maxLength: 4 }), fc.string(), (clauses, rest) => {
      const closest = ['application/json', 'application/*', '*/*']
        .map((wanted) => clauses.find(([type]) => type.toLowerCase() === wanted))
        .find((found) => found !== undefined);
      expect(acceptsJson(clauses.map((each) => each.join('')).join(','))).toBe(
        closest !== undefined && closest[1] !== ';q=0',
      );
      expect(typeof acceptsJson(rest)).toBe('boolean');
    }),
    propertyRuns(500),
  );
});
