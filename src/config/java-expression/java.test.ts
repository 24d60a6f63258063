import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KNOWN_REFUSALS } from '../../../test/support/config/known-refusals.js';
import { compileNameExpression, compileRouteExpression, type ExpressionOutcome } from '../name-expression.js';

interface Row {
  readonly flag: 'name' | 'route';
  readonly expression: string;
  readonly subjects?: readonly string[];
  /** By subject; null where Java came to no end. */
  readonly verdicts?: readonly (boolean | null)[];
  /** Why Java does not take the expression. */
  readonly error?: string;
}

/** What real Java said (scripts/java-expressions); another file can be named for a larger corpus. */
const OTHER_CORPUS = process.env['JAVA_EXPRESSIONS'];
const CORPUS = OTHER_CORPUS ?? new URL('../../../test/fixtures/java-expressions.json', import.meta.url);
const { java, rows }: { java: string; rows: readonly Row[] } = JSON.parse(readFileSync(CORPUS, 'utf8'));

/** Java wants to see how far it has to look back; we do not have to know. */
const TAKEN_BY_US_ALONE = 'Look-behind group does not have an obvious maximum length';

function compile({ flag, expression }: Row): ExpressionOutcome {
  return flag === 'name' ? compileNameExpression(expression) : compileRouteExpression(expression);
}

function isRefused(row: Row): boolean {
  return !compile(row).ok;
}

describe(`as Java ${java} does it`, () => {
  const taken = rows.filter(({ error }) => error === undefined);
  const faulty = rows.filter(({ error }) => error !== undefined && error !== TAKEN_BY_US_ALONE);

  test('there is enough to compare', () => {
    expect(taken.flatMap(({ subjects = [] }) => subjects).length).toBeGreaterThan(1000);
    expect(taken.flatMap(({ verdicts = [] }) => verdicts).filter(Boolean).length).toBeGreaterThan(300);
    expect(faulty.length).toBeGreaterThan(50);
  });

  test('every subject gets its verdict', () => {
    const differences = taken.flatMap((row) => {
      const outcome = compile(row);
      if (!outcome.ok) return [];
      return (row.subjects ?? []).flatMap((subject, index) => {
        const verdict = row.verdicts?.[index] ?? null;
        if (verdict === null || outcome.expression.test(subject) === verdict) return [];
        return [{ flag: row.flag, expression: row.expression, subject, java: verdict }];
      });
    });
    expect(differences).toEqual([]);
  });

  test('what Java does not take, we do not take', () => {
    expect(faulty.filter((row) => !isRefused(row))).toEqual([]);
  });

  test('what we refuse though Java takes it is known', () => {
    const refused = taken.filter(isRefused).map((row) => {
      const outcome = compile(row);
      return { flag: row.flag, expression: row.expression, reason: outcome.ok ? '' : outcome.reason };
    });
    const reasons = new Set(KNOWN_REFUSALS.map(({ reason }) => reason));
    expect(refused.filter(({ reason }) => !reasons.has(reason))).toEqual([]);
    if (OTHER_CORPUS !== undefined) return;
    const listed = KNOWN_REFUSALS.flatMap(({ reason, rows: known }) =>
      known.map(([flag, expression]) => ({ flag, expression, reason })),
    );
    expect(new Set(refused.map((row) => JSON.stringify(row)))).toEqual(
      new Set(listed.map((row) => JSON.stringify(row))),
    );
  });
});
