import { badQuery } from './capi-error.js';
import { formDecode, formEncode } from './form-encoding.js';
import { parseLabelSelector, type Requirement } from './label-selector.js';
import { parseTimeFilters, type TimeFilter } from './time-filter.js';

/** What a list understands beside the parameters that all lists share. */
export interface ListRules {
  /** Own parameters with comma lists, in the order in which errors name them. */
  readonly filters: readonly string[];
  readonly orderBy: readonly string[];
  readonly include?: readonly string[];
  readonly embed?: readonly string[];
  /** Parameters whose exclusion `[not]` is understood. */
  readonly negatable?: readonly string[];
  readonly allowed?: Readonly<Record<string, readonly string[]>>;
  /** False for audit events. Default true. */
  readonly labels?: boolean;
}

export interface ListQuery {
  readonly page: number;
  readonly perPage: number;
  readonly order: Order | undefined;
  /** By parameter the values of which one has to fit. */
  readonly filters: ReadonlyMap<string, ReadonlySet<string>>;
  readonly excluded: ReadonlyMap<string, ReadonlySet<string>>;
  readonly created: readonly TimeFilter[];
  readonly updated: readonly TimeFilter[];
  readonly requirements: readonly Requirement[];
  readonly include: readonly string[];
  readonly embed: readonly string[];
  /** The query of another page of the same list, with keys sorted and values encoded. */
  hrefQuery(page: number): string;
}

export interface Order {
  readonly column: string;
  readonly descending: boolean;
}

const COMMON = ['page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids'] as const;

const DEFAULT_PER_PAGE = 50;
const MAX_PER_PAGE = 5000;

/** Reads a query strictly, as Cloud Controller does; throws its error 10005 that names every problem. */
export function parseListQuery(query: string, rules: ListRules): ListQuery {
  const params = readParams(query);
  const problems = [
    ...unknownParams(params, rules),
    ...pageProblems(params),
    ...orderProblems(params, rules),
    ...choiceProblems(params, rules),
  ];
  const created = parseTimeFilters(params, 'created_ats', problems);
  const updated = parseTimeFilters(params, 'updated_ats', problems);
  const requirements = readSelector(params, problems);
  if (problems.length > 0) throw badQuery(problems);

  const perPage = rubyInteger(params.get('per_page') ?? String(DEFAULT_PER_PAGE));
  const filterNames = ['guids', ...rules.filters];
  return {
    page: rubyInteger(params.get('page') ?? '1'),
    perPage,
    order: readOrder(params.get('order_by')),
    filters: readSets(params, filterNames, ''),
    excluded: readSets(params, rules.negatable ?? [], '[not]'),
    created,
    updated,
    requirements,
    include: splitList(params.get('include')),
    embed: splitList(params.get('embed')),
    hrefQuery: (page) => hrefQuery(params, page, perPage),
  };
}

/** Of a name given twice the last counts, as Rack has it. */
function readParams(query: string): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const key = equals < 0 ? part : part.slice(0, equals);
    params.set(formDecode(key), equals < 0 ? '' : formDecode(part.slice(equals + 1)));
  }
  return params;
}

function unknownParams(params: ReadonlyMap<string, string>, rules: ListRules): string[] {
  const own = [...rules.filters];
  if (rules.include !== undefined) own.push('include');
  if (rules.embed !== undefined) own.push('embed');
  if (rules.labels !== false) own.push('label_selector');
  const valid: string[] = [...COMMON, ...own];
  const bases = new Set([...params.keys()].map((key) => key.replace(/\[[^\]]*\]$/, '')));
  const unknown = [...bases].filter((key) => !valid.includes(key));
  if (unknown.length === 0) return [];
  return [`Unknown query parameter(s): ${quoted(unknown)}. Valid parameters are: ${quoted(valid)}`];
}

function pageProblems(params: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const page = params.get('page');
  const perPage = params.get('per_page');
  if (page !== undefined && rubyInteger(page) < 1) problems.push('Page must be a positive integer');
  if (perPage === undefined) return problems;
  if (rubyInteger(perPage) < 1) problems.push('Per page must be a positive integer');
  else if (rubyInteger(perPage) > MAX_PER_PAGE) problems.push('Per page must be between 1 and 5000');
  return problems;
}

function orderProblems(params: ReadonlyMap<string, string>, rules: ListRules): string[] {
  const text = params.get('order_by');
  if (text === undefined || text === '') return [];
  const column = text.replace(/^[ +-]/, '');
  if (rules.orderBy.includes(column)) return [];
  return [`Order by can only be: ${quoted(rules.orderBy)}`];
}

function choiceProblems(params: ReadonlyMap<string, string>, rules: ListRules): string[] {
  const problems: string[] = [];
  const wrongInclude = splitList(params.get('include')).find((value) => rules.include?.includes(value) === false);
  if (wrongInclude !== undefined) {
    problems.push(
      `Invalid included resource: '${wrongInclude}'. Valid included resources are: ${quoted(rules.include ?? [])}`,
    );
  }
  const wrongEmbed = splitList(params.get('embed')).find((value) => rules.embed?.includes(value) === false);
  if (wrongEmbed !== undefined) {
    problems.push(
      `Invalid embedded resource: '${wrongEmbed}'. Valid embedded resources are: ${quoted(rules.embed ?? [])}`,
    );
  }
  for (const [key, values] of Object.entries(rules.allowed ?? {})) {
    const wrong = splitList(params.get(key)).find((value) => !values.includes(value));
    if (wrong !== undefined) problems.push(`Invalid ${key}: '${wrong}'`);
  }
  return problems;
}

function readSelector(params: ReadonlyMap<string, string>, problems: string[]): readonly Requirement[] {
  const text = params.get('label_selector');
  if (text === undefined) return [];
  const parsed = parseLabelSelector(text);
  if (typeof parsed !== 'string') return parsed;
  const messages = {
    missing: 'Missing label_selector value',
    invalid: 'Invalid label_selector value',
    too_many: 'Too many label_selector requirements (maximum is 50)',
  };
  problems.push(messages[parsed]);
  return [];
}

function readSets(
  params: ReadonlyMap<string, string>,
  names: readonly string[],
  suffix: string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const sets = new Map<string, ReadonlySet<string>>();
  for (const name of names) {
    const text = params.get(`${name}${suffix}`);
    if (text !== undefined) sets.set(name, new Set(splitList(text)));
  }
  return sets;
}

/** Unescaped once more after splitting, so that a comma within a name is sent as `%252C`. An empty text is one empty value. */
function splitList(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  if (text === '') return [''];
  const parts = text.split(/,\s*/);
  while (parts.length > 1 && parts.at(-1) === '') parts.pop();
  return parts.map((part) => formDecode(part));
}

function readOrder(text: string | undefined): Order | undefined {
  if (text === undefined || text === '') return undefined;
  return { column: text.replace(/^[ +-]/, ''), descending: text.startsWith('-') };
}

function hrefQuery(params: ReadonlyMap<string, string>, page: number, perPage: number): string {
  const pairs: string[] = [`page=${page}`, `per_page=${perPage}`];
  for (const [key, value] of params) {
    if (key === 'page' || key === 'per_page') continue;
    pairs.push(`${formEncode(key)}=${formEncode(hrefValue(key, value))}`);
  }
  return pairs.sort().join('&');
}

function hrefValue(key: string, value: string): string {
  if (key === 'order_by') return value === '' || /^[+-]/.test(value) ? value : `+${value.trimStart()}`;
  if (key === 'label_selector' || key.endsWith(']')) return value;
  return splitList(value)
    .map((part) => part.replaceAll(',', '%2C'))
    .join(',');
}

/** `to_i`: the digits in front, or 0. */
function rubyInteger(text: string): number {
  const parsed = Number.parseInt(text, 10);
  return Number.isNaN(parsed) ? 0 : parsed;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}
