/**
 * A Java expression as a tree. Flags are no part of it: the parser has already worked them into sets and assertions.
 * Positions are indices of the source's UTF-16 code units.
 */
export type Node =
  | { readonly kind: 'set'; readonly members: string }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  | { readonly kind: 'group'; readonly group: number; readonly body: Node }
  | { readonly kind: 'atomic'; readonly body: Node }
  | LookNode
  | RepeatNode
  | ReferenceNode;

/** `members` of a set stand between brackets of JavaScript's flag `v`. */
export type Assertion =
  | { readonly kind: 'start' }
  /** `^` of the flag m; `breaks`: the characters behind which a line begins. */
  | { readonly kind: 'line start'; readonly breaks: LineBreaks }
  | { readonly kind: 'end' }
  /** `$` and `\Z`: the end, or the last line break before it. */
  | { readonly kind: 'last line end'; readonly breaks: LineBreaks }
  | { readonly kind: 'line end'; readonly breaks: LineBreaks }
  | { readonly kind: 'word boundary'; readonly negated: boolean; readonly words: 'letters' | 'unicode' };

/** What ends a line: Java's six, or, by the flag d, `\n` alone. */
export type LineBreaks = 'all' | 'unix';

export interface LookNode {
  readonly kind: 'look';
  readonly direction: 'ahead' | 'behind';
  readonly negated: boolean;
  readonly body: Node;
}

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly body: Node;
  readonly min: number;
  /** May be Infinity. */
  readonly max: number;
  readonly lazy: boolean;
}

export interface ReferenceNode {
  readonly kind: 'reference';
  readonly group: number;
  /** Which letters count as equal to those of the group. */
  readonly letters: 'as written' | 'ascii' | 'unicode';
  readonly position: number;
}

export const EMPTY: Node = { kind: 'sequence', items: [] };

/** Matches nowhere. */
export const NEVER: Node = { kind: 'look', direction: 'ahead', negated: true, body: EMPTY };

/** The nodes right below one. */
export function childrenOf(node: Node): readonly Node[] {
  if (node.kind === 'sequence') return node.items;
  if (node.kind === 'choice') return node.branches;
  return 'body' in node ? [node.body] : [];
}
