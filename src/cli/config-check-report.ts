import { oneLine } from '../base/errors.js';
import type { EffectiveValue } from '../config/effective-values.js';
import { groupIgnored } from '../config/ignored-options.js';
import type { ConfigOutcome } from '../config/load-config.js';
import { formatOrigin } from '../config/origin.js';
import { formatProblem, type Problem } from '../config/report.js';
import { textTable } from './text-table.js';

/** What a configuration comes to, for programs. */
export function writeCheckJson(outcome: ConfigOutcome): string {
  const report = {
    ok: outcome.ok,
    problems: outcome.ok ? [] : outcome.problems.map(problemJson),
    warnings: outcome.warnings.map(problemJson),
    ignored: outcome.ok ? outcome.ignored : [],
    files: outcome.ok ? outcome.files : [],
    effective: outcome.effective.map(({ path, value = null, ...places }) => ({
      path,
      value,
      source: formatSource(places),
    })),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function problemJson(problem: Problem): object {
  const { origin, path, found, expected, remedy } = problem;
  const place = origin === undefined ? {} : { place: formatOrigin(origin), ...origin };
  return { ...place, path, found, expected, remedy, message: formatProblem(problem) };
}

/** The same for people. */
export function writeCheckText(outcome: ConfigOutcome): string {
  const problems = outcome.ok ? [] : outcome.problems;
  const ignored = outcome.ok ? outcome.ignored : [];
  const files = outcome.ok && outcome.files.length > 0 ? outcome.files.join(', ') : undefined;
  return [
    ...problems.map((each) => `error: ${formatProblem(each)}\n`),
    ...outcome.warnings.map((each) => `warning: ${formatProblem(each)}\n`),
    ...groupIgnored(ignored).map((text) => oneLine(`ignored: ${text}`).concat('\n')),
    ...(files === undefined ? [] : [`files: ${files}\n`]),
    `${outcome.ok ? 'The configuration is good' : `${problems.length} problem(s) in the configuration`}.\n`,
    effectiveTable(outcome.effective),
  ].join('');
}

/** Longer values are cut here: a certificate would push all sources far to the right. */
const WIDEST_VALUE = 60;

/** Options that are not set and have no default are left out: they are many, and say nothing. */
function effectiveTable(effective: readonly EffectiveValue[]): string {
  const set = effective.filter(({ value, origin }) => value !== undefined || origin !== 'default');
  const rows = set.map(({ path, value, ...places }) => [path, cut(value), formatSource(places)]);
  return rows.length === 0 ? '' : `\n${textTable(['option', 'value', 'source'], rows)}`;
}

function cut(value = '-'): string {
  if (value === '') return '""';
  const points = [...value];
  return points.length > WIDEST_VALUE ? `${points.slice(0, WIDEST_VALUE - 1).join('')}…` : value;
}

function formatSource({ origin, through }: Pick<EffectiveValue, 'origin' | 'through'>): string {
  const source = origin === 'default' ? origin : formatOrigin(origin);
  return through === undefined ? source : `${source}, by ${formatOrigin(through)}`;
}
