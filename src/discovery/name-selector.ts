import { foldCase } from '../base/fold-case.js';

/** What a rule says about one kind of name. An empty name is a name that nobody has, not "all". */
export type NameSelector = { readonly kind: 'all' } | { readonly kind: 'name'; readonly name: string } | NameExpression;

export interface NameExpression {
  readonly kind: 'expression';
  /** The expression as the operator wrote it. */
  readonly source: string;
  /** Whether the whole name matches; the expression itself decides about case. */
  test(name: string): boolean;
  /** Decides about many names at once, where that is cheaper; their tests are lookups then. */
  prepare?(names: readonly string[]): void;
}

export interface Named {
  readonly name: string;
}

export interface NameIndex<T extends Named> {
  /** Those that the selector takes, in the order in which they were given. */
  pick(selector: NameSelector): readonly T[];
}

/**
 * Prepares names for many rules: an exact name is one lookup, whatever the size. Two items whose names differ in case
 * only are both taken (the original finds neither then).
 */
export function indexByName<T extends Named>(items: readonly T[]): NameIndex<T> {
  let byName: ReadonlyMap<string, readonly T[]> | undefined;
  return {
    pick(selector) {
      if (selector.kind === 'all') return items;
      if (selector.kind === 'expression') {
        selector.prepare?.(items.map((item) => item.name));
        return items.filter((item) => selector.test(item.name));
      }
      byName ??= groupBy(items, (item) => foldCase(item.name));
      return byName.get(foldCase(selector.name)) ?? [];
    },
  };
}

/**
 * The same selector with a memory for the answers of its expression: names such as `prod` occur in hundreds of
 * organizations, and an expression costs more than a lookup. Use it for one selection, then drop it.
 */
export function remembering(selector: NameSelector): NameSelector {
  if (selector.kind !== 'expression') return selector;
  return {
    kind: 'expression',
    source: selector.source,
    prepare: (names) => selector.prepare?.(names),
    test: rememberingTest((name) => selector.test(name)),
  };
}

/** The same test with a memory for its answers; for one selection, too. */
export function rememberingTest(test: (name: string) => boolean): (name: string) => boolean {
  const answers = new Map<string, boolean>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = test(name);
    answers.set(name, answer);
    return answer;
  };
}

/** Items by key, keys and items in the order of their first appearance. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
