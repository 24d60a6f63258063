import type { Node } from './tree.js';

/** What a match of a node can begin with. */
export interface First {
  /** Members of a set; empty for none. */
  readonly members: string;
  /** Whether it may also match nothing, so that what follows decides. */
  readonly open: boolean;
}

const NOTHING: First = { members: '', open: true };

/** What a match can begin with, from above; undefined when there is no telling. */
export function firstOf(node: Node): First | undefined {
  switch (node.kind) {
    case 'set':
      return { members: `[${node.members}]`, open: false };
    case 'assertion':
    case 'look':
      return NOTHING;
    case 'reference':
      return undefined;
    case 'sequence':
      return firstOfSequence(node.items);
    case 'choice': {
      const firsts = node.branches.map(firstOf);
      if (!firsts.every((first) => first !== undefined)) return undefined;
      return { members: firsts.map(({ members }) => members).join(''), open: firsts.some(({ open }) => open) };
    }
    case 'group':
    case 'atomic':
      return firstOf(node.body);
    case 'repeat': {
      const first = firstOf(node.body);
      return first === undefined ? undefined : { members: first.members, open: first.open || node.min === 0 };
    }
  }
}

export function firstOfSequence(items: readonly Node[]): First | undefined {
  let members = '';
  for (const item of items) {
    const first = firstOf(item);
    if (first === undefined) return undefined;
    members += first.members;
    if (!first.open) return { members, open: false };
  }
  return { members, open: true };
}

/** Letters of most scripts that names are written in, and what stands for all others. */
const SAMPLE = `${String.fromCodePoint(...Array.from({ length: 0x600 }, (_, point) => point))}\u0905\u1e9e\u2003\u2028\u212a\u20ac\u3042\u4e00\uac00\ufffd\u{1f600}`;

/** Whether two sets have no character in common, as far as a sample can tell. */
export function areDisjoint(one: string, other: string): boolean {
  if (one === '' || other === '') return true;
  return !new RegExp(`[[${one}]&&[${other}]]`, 'v').test(SAMPLE);
}
