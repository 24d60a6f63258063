import type { Milliseconds } from '../../src/base/duration.js';

/** A condition on a time, in whole seconds as the API shows them. */
export interface TimeFilter {
  readonly operator: 'in' | 'gt' | 'gte' | 'lt' | 'lte';
  readonly seconds: readonly number[];
}

const OPERATORS = ['gt', 'gte', 'lt', 'lte'] as const;
const FORMAT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Reads `created_ats=T1,T2` or `created_ats[gt]=T`, which can be combined. Adds to `problems` what is wrong. */
export function parseTimeFilters(
  params: ReadonlyMap<string, string>,
  name: string,
  problems: string[],
): readonly TimeFilter[] {
  const filters: TimeFilter[] = [];
  const label = name === 'created_ats' ? 'Created ats' : 'Updated ats';
  for (const [key, value] of params) {
    if (key !== name && !key.startsWith(`${name}[`)) continue;
    const word = key === name ? 'in' : key.slice(name.length + 1, -1);
    const operator = word === 'in' ? 'in' : OPERATORS.find((each) => each === word);
    if (operator === undefined) {
      problems.push(`${label} has an invalid operator: '${word}'`);
      continue;
    }
    const times = operator === 'in' ? value.split(/,\s*/) : [value];
    if (times.some((time) => !FORMAT.test(time) || Number.isNaN(Date.parse(time)))) {
      problems.push(
        `${label} has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'`,
      );
      continue;
    }
    filters.push({ operator, seconds: times.map((time) => Date.parse(time) / 1000) });
  }
  return filters;
}

export function fitsTime(ms: Milliseconds, filter: TimeFilter): boolean {
  const seconds = Math.floor(ms / 1000);
  const [bound = 0] = filter.seconds;
  switch (filter.operator) {
    case 'in':
      return filter.seconds.includes(seconds);
    case 'gt':
      return seconds > bound;
    case 'gte':
      return seconds >= bound;
    case 'lt':
      return seconds < bound;
    case 'lte':
      return seconds <= bound;
  }
}
