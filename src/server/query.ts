import { oneLine } from '../base/errors.js';
import type { Directory } from '../discovery/directory.js';
import type { DirectoryFilter } from '../discovery/directory-filter.js';
import type { CurrentDirectory } from './current-directory.js';

const FILTER_PARAMETERS = ['foundation', 'rule', 'org', 'space', 'application'] as const;

/** Names listed in an answer that says that one is unknown. */
const MOST_NAMES = 20;
const LONGEST_QUOTE = 40;

/** What a caller asks for of the directory in force, and whether it can be answered. */
export type AskedPart =
  /** Without a filter, all there is. */
  | { readonly kind: 'part'; readonly directory: Directory; readonly filter: DirectoryFilter | undefined }
  | { readonly kind: 'bad_request'; readonly problem: string }
  /** Of this foundation, or of any, nothing is known yet. */
  | { readonly kind: 'not_ready'; readonly foundation: string | undefined };

/**
 * Reads `?foundation=a&rule=b&rule=c&org=d`. A foundation or a rule that does not exist is a bad request rather than an
 * empty list, which Prometheus would believe and drop its targets; so is one that waits for its first inventory no empty
 * list either.
 */
export function readAskedPart(
  query: string,
  current: Pick<CurrentDirectory, 'directory' | 'missing' | 'whole'>,
): AskedPart {
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => !FILTER_PARAMETERS.some((known) => known === name));
  if (unknown !== undefined) {
    const problem = `${quote(unknown)} is no parameter here; there are ${FILTER_PARAMETERS.join(', ')}, each repeatable.`;
    return { kind: 'bad_request', problem };
  }
  const { directory, missing, whole } = current;
  const foundations = parameters.getAll('foundation');
  if (directory === undefined) return { kind: 'not_ready', foundation: undefined };
  if (query === '') {
    return whole === 'ready'
      ? { kind: 'part', directory, filter: undefined }
      : { kind: 'not_ready', foundation: undefined };
  }

  const known = [...directory.foundations, ...missing];
  const stranger = foundations.find((name) => !known.includes(name));
  if (stranger !== undefined) return unknownName('foundation', stranger, known);
  const rules: Directory['rules'][number][] = [];
  for (const text of parameters.getAll('rule')) {
    const rule = findRule(directory, text);
    if (rule === undefined) {
      return unknownName(
        'rule',
        text,
        directory.rules.map((each) => each.rule),
      );
    }
    rules.push(rule);
  }
  const awaited = [...foundations, ...rules.map(({ foundation }) => foundation ?? '')].find((each) =>
    missing.has(each),
  );
  if (awaited !== undefined) return { kind: 'not_ready', foundation: awaited };
  const isOfKnown =
    foundations.length > 0 || (rules.length > 0 && rules.every((rule) => rule.foundation !== undefined));
  if (whole === 'withheld' && !isOfKnown) return { kind: 'not_ready', foundation: undefined };
  return {
    kind: 'part',
    directory,
    filter: {
      foundations,
      rules: rules.map(({ rule }) => rule),
      organizations: parameters.getAll('org'),
      spaces: parameters.getAll('space'),
      applications: parameters.getAll('application'),
    },
  };
}

/** By its id, else by `promregator.targets[3]` or `3`: its place in the configuration, from 0. */
function findRule({ rules }: Directory, text: string): Directory['rules'][number] | undefined {
  const place = /^(?:promregator\.targets\[(\d+)\]|(\d+))$/.exec(text);
  return rules.find(({ rule }) => rule === text) ?? rules[Number(place?.[1] ?? place?.[2] ?? Number.NaN)];
}

function unknownName(what: string, name: string, known: readonly string[]): AskedPart {
  const shown = known.slice(0, MOST_NAMES).join(', ');
  const more = known.length > MOST_NAMES ? ` and ${known.length - MOST_NAMES} more` : '';
  const problem = `${quote(name)} is no ${what}; there ${known.length === 1 ? 'is' : 'are'} ${shown || 'none'}${more}.`;
  return { kind: 'bad_request', problem };
}

function quote(text: string): string {
  return `'${oneLine(text).slice(0, LONGEST_QUOTE)}'`;
}
