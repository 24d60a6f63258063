import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { propertyRuns } from '../../test/support/property-runs.js';
import { compileNameExpression, compileRouteExpression } from './name-expression.js';

/** What Java and JavaScript write alike and mean alike, on subjects of ASCII without line breaks. */
const { common } = fc.letrec<{ common: string }>((tie) => ({
  common: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'a',
      'b',
      'c',
      'A',
      '-',
      '\\.',
      '\\d',
      '\\w',
      '\\W',
      '\\s',
      '.',
      '[a-c]',
      '[^b-]',
      '[A-C0-9_]',
      '\\x61',
    ),
    fc.array(tie('common'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
    fc.tuple(tie('common'), tie('common')).map(([left, right]) => `(?:${left}|${right})`),
    tie('common').map((body) => `(${body})`),
    fc
      .tuple(tie('common'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}'))
      .map(([body, times]) => `(?:${body})${times}`),
    fc
      .tuple(fc.constantFrom('=', '!', '<=', '<!'), fc.constantFrom('a', '[a-c]', '\\d', 'ab'))
      .map(([sign, body]) => `(?${sign}${body})`),
    fc.constantFrom('^', '$', '\\b', '|'),
  ),
}));
const subject = fc.string({ unit: fc.constantFrom(...'aabbccABC-._ 019xX'), maxLength: 12 });
const subjects = fc.array(subject, { minLength: 1, maxLength: 6 });

describe('what Java and JavaScript have in common', () => {
  test('means in a route what it means in JavaScript', () => {
    fc.assert(
      fc.property(common, subjects, (source, texts) => {
        const outcome = compileRouteExpression(source);
        if (!outcome.ok) throw new Error(outcome.reason);
        const own = new RegExp(`^(?:${source})$`);
        expect(texts.map((text) => outcome.expression.test(text))).toEqual(texts.map((text) => own.test(text)));
      }),
      propertyRuns(300),
    );
  });

  test('means in a name the same, whatever the case', () => {
    fc.assert(
      fc.property(common, subjects, (source, texts) => {
        const outcome = compileNameExpression(source);
        if (!outcome.ok) throw new Error(outcome.reason);
        const own = new RegExp(`^(?:${source})$`, 'i');
        expect(texts.map((text) => outcome.expression.test(text))).toEqual(texts.map((text) => own.test(text)));
        for (const text of texts) {
          expect(outcome.expression.test(text.toUpperCase())).toBe(outcome.expression.test(text.toLowerCase()));
        }
      }),
      propertyRuns(300),
    );
  });

  test('is a group, a choice and a repetition wherever it stands', () => {
    fc.assert(
      fc.property(common, common, subjects, (left, right, texts) => {
        const test = (source: string): ((text: string) => boolean) => {
          const outcome = compileRouteExpression(source);
          if (!outcome.ok) throw new Error(outcome.reason);
          return (text) => outcome.expression.test(text);
        };
        const [one, other, either, never, twice] = [
          test(left),
          test(right),
          test(`${left}|${right}`),
          test(`(?!${left}$)[a-zA-Z0-9\\-._ ]*`),
          test(`(?:${left}){1}`),
        ];
        for (const text of texts) {
          expect(either(text)).toBe(one(text) || other(text));
          expect(twice(text)).toBe(one(text));
          // A choice within it would end the look-ahead early.
          if (!left.includes('|') && !left.includes('$')) expect(never(text)).toBe(!one(text));
        }
      }),
      propertyRuns(100),
    );
  });
});

describe('what explodes', () => {
  const { nested } = fc.letrec<{ nested: string }>((tie) => ({
    nested: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom('a', '.', '[ab]', '\\w', 'a?', '(?=a)', '\\b'),
      tie('nested').map((body) => `(${body}+)+`),
      tie('nested').map((body) => `(?:${body}|${body})*`),
      tie('nested').map((body) => `(${body}){1,30}`),
      tie('nested').map((body) => `(?>${body}*)`),
      fc.tuple(tie('nested'), tie('nested')).map(([left, right]) => `(?:${left}*)*${right}`),
    ),
  }));

  test('ends all the same, on subjects that nearly fit', () => {
    fc.assert(
      fc.property(nested, fc.integer({ min: 20, max: 400 }), (source, length) => {
        const outcome = compileNameExpression(`${source}!`);
        if (!outcome.ok) {
          expect(outcome.reason).not.toBe('');
          return;
        }
        const text = 'a'.repeat(length);
        expect(outcome.expression.test(text)).toBe(false);
        for (const each of outcome.expression.takeInterrupted()) expect(each).toBe(text);
      }),
      propertyRuns(10),
    );
  });
});
