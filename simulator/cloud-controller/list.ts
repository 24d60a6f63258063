import type { Milliseconds } from '../../src/base/duration.js';
import type { FaultAction } from '../faults.js';
import { type Answer, jsonAnswer } from '../http/message.js';
import type { WorldState } from '../world/state.js';
import type { Features } from './features.js';
import { fulfils } from './label-selector.js';
import { type ListQuery, type ListRules, parseListQuery } from './list-query.js';
import type { Json, RenderContext } from './resources/common.js';
import { fitsTime } from './time-filter.js';
import type { Visibility } from './visibility.js';

export interface ListRecord {
  readonly guid: string;
  readonly createdMs: Milliseconds;
  readonly updatedMs?: Milliseconds;
}

/** Whether a record fits one of the values of a parameter. Called once per request with the values. */
export type Filter<T> = (values: ReadonlySet<string>) => (record: T) => boolean;

/** One kind of list: where its records come from, what it understands, how it shows them. */
export interface ListKind<T extends ListRecord> {
  rules(features: Features): ListRules;
  records(state: WorldState): Iterable<T>;
  visible(record: T, visibility: Visibility): boolean;
  readonly filters: Readonly<Record<string, Filter<T>>>;
  labels(record: T): Readonly<Record<string, string>>;
  /** Value to order by, for columns other than the two times. */
  column?(record: T, column: string): string;
  render(record: T, context: RenderContext, query: ListQuery): Json;
  included?(records: readonly T[], context: RenderContext, query: ListQuery): Json;
  /** True for lists that count apart, so that a page past the end knows the total. */
  readonly countsApart?: boolean;
}

/** What a fault does to a page. */
export type PageFault = Extract<
  FaultAction,
  { readonly type: 'short_page' | 'repeated_page' | 'moving_total' | 'cut_list' }
>;

export interface ListRequest<T extends ListRecord> {
  readonly kind: ListKind<T>;
  readonly state: WorldState;
  readonly context: RenderContext;
  /** `/v3/apps`, as it stands in links to pages. */
  readonly path: string;
  readonly query: string;
  /** Narrows the records of a nested list. */
  readonly within?: (record: T) => boolean;
  /** Parameters that a nested list refuses. */
  readonly without?: readonly string[];
  readonly fault?: PageFault | undefined;
}

/** One page. Throws the API's error 10005 for a query that it does not like. */
export function answerList<T extends ListRecord>(request: ListRequest<T>): Answer {
  const { kind, state, context } = request;
  const rules = kind.rules(context.features);
  const without = request.without ?? [];
  const query = parseListQuery(request.query, {
    ...rules,
    filters: rules.filters.filter((name) => !without.includes(name)),
  });
  const tests = [...testsOf(kind, query), ...(request.within === undefined ? [] : [request.within])];
  const found: T[] = [];
  for (const record of kind.records(state)) {
    if (kind.visible(record, context.visibility) && tests.every((test) => test(record))) found.push(record);
  }
  sortRecords(found, kind, query);
  if (request.fault?.type === 'cut_list') found.splice(request.fault.keep);

  const page = request.fault?.type === 'repeated_page' ? Math.max(1, query.page - 1) : query.page;
  let shown = found.slice((page - 1) * query.perPage, page * query.perPage);
  // The total is counted over the rows of the page, so a page past the end says 0 (facts 3.1).
  const counted = shown.length === 0 && kind.countsApart !== true ? 0 : found.length;
  const moved = request.fault?.type === 'moving_total' ? request.fault.step * (query.page - 1) : 0;
  const total = Math.max(0, counted + moved);
  if (request.fault?.type === 'short_page') shown = shown.slice(0, Math.max(0, shown.length - request.fault.missing));
  return jsonAnswer(200, {
    pagination: pagination(request, query, total),
    resources: shown.map((record) => kind.render(record, context, query)),
    ...(kind.included !== undefined && query.include.length > 0
      ? { included: kind.included(shown, context, query) }
      : {}),
  });
}

function testsOf<T extends ListRecord>(kind: ListKind<T>, query: ListQuery): ((record: T) => boolean)[] {
  const tests: ((record: T) => boolean)[] = [];
  for (const [name, values] of query.filters) {
    const filter = name === 'guids' ? byGuid : kind.filters[name];
    if (filter !== undefined) tests.push(filter(values));
  }
  for (const [name, values] of query.excluded) {
    const test = kind.filters[name]?.(values);
    if (test !== undefined) tests.push((record) => !test(record));
  }
  for (const filter of query.created) tests.push((record) => fitsTime(record.createdMs, filter));
  for (const filter of query.updated) tests.push((record) => fitsTime(record.updatedMs ?? record.createdMs, filter));
  for (const requirement of query.requirements) tests.push((record) => fulfils(kind.labels(record), requirement));
  return tests;
}

function byGuid(values: ReadonlySet<string>): (record: ListRecord) => boolean {
  return (record) => values.has(record.guid);
}

/** Without a wish the order of creation; equal values by guid. */
function sortRecords<T extends ListRecord>(records: T[], kind: ListKind<T>, query: ListQuery): void {
  const { order } = query;
  if (order === undefined) return;
  const sign = order.descending ? -1 : 1;
  const sortKey = (record: T): string | number => {
    if (order.column === 'created_at') return record.createdMs;
    if (order.column === 'updated_at') return record.updatedMs ?? record.createdMs;
    return kind.column?.(record, order.column) ?? '';
  };
  records.sort((a, b) => {
    const [left, right] = [sortKey(a), sortKey(b)];
    if (left !== right) return left < right ? -sign : sign;
    return a.guid < b.guid ? -1 : 1;
  });
}

function pagination<T extends ListRecord>(request: ListRequest<T>, query: ListQuery, total: number): Json {
  const last = Math.max(1, Math.ceil(total / query.perPage));
  const href = (page: number): Json => ({ href: `${request.context.api}${request.path}?${query.hrefQuery(page)}` });
  return {
    total_results: total,
    total_pages: last,
    first: href(1),
    last: href(last),
    next: query.page < last ? href(query.page + 1) : null,
    previous: query.page > 1 ? href(query.page - 1) : null,
  };
}
