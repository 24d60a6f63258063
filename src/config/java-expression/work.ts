import { areDisjoint, firstOf, firstOfSequence } from './first-characters.js';
import type { Node } from './tree.js';

/** Length up to which the estimate holds, in UTF-16 code units; names of Cloud Foundry are no longer. */
export const ESTIMATED_LENGTH = 256;

/**
 * Steps that an expression may take on a hostile subject, from above and roughly; Infinity when there is no telling, as
 * for a repetition within a repetition whose rounds can be cut in several ways.
 */
export function estimateWork(tree: Node): number {
  return estimate(tree, '').work;
}

interface Estimate {
  /** Ways in which it can match from one start, such that what follows can begin. */
  readonly ways: number;
  /** Steps until all of them are tried. */
  readonly work: number;
}

/** Members of the set that must follow; empty for the end alone, undefined when there is no telling. */
type Follow = string | undefined;

function estimate(node: Node, follow: Follow): Estimate {
  switch (node.kind) {
    case 'set':
    case 'assertion':
      return { ways: 1, work: 1 };
    case 'reference':
      // Compares as many characters as its group holds, and may look for the end first.
      return { ways: 1, work: ESTIMATED_LENGTH };
    case 'sequence':
      return estimateSequence(node.items, follow);
    case 'choice':
      return estimateChoice(node.branches, follow);
    case 'group':
      return estimate(node.body, follow);
    case 'atomic':
      return { ways: 1, work: estimate(node.body, undefined).work + ESTIMATED_LENGTH };
    case 'look': {
      const starts = node.direction === 'behind' ? ESTIMATED_LENGTH : 1;
      return { ways: 1, work: starts * (estimate(node.body, undefined).work + 1) };
    }
    case 'repeat':
      return estimateRepeat(node, follow);
  }
}

function estimateSequence(items: readonly Node[], follow: Follow): Estimate {
  let ways = 1;
  let work = 0;
  for (const [index, item] of items.entries()) {
    const rest = firstOfSequence(items.slice(index + 1, index + 1 + MAX_LOOK_FORWARD));
    const next = estimate(item, rest?.open === true ? union(rest.members, follow) : rest?.members);
    work += ways * next.work;
    ways *= next.ways;
  }
  return { ways, work };
}

/** Items looked at for what comes next; one that must take a character stands among them in most expressions. */
const MAX_LOOK_FORWARD = 5;

function union(members: string, follow: Follow): Follow {
  return follow === undefined ? undefined : members + follow;
}

function estimateChoice(branches: readonly Node[], follow: Follow): Estimate {
  const estimates = branches.map((branch) => estimate(branch, follow));
  const work = estimates.reduce((sum, each) => sum + each.work, 0);
  if (excludeEachOther(branches)) return { ways: Math.max(...estimates.map(({ ways }) => ways)), work };
  return { ways: estimates.reduce((sum, each) => sum + each.ways, 0), work };
}

/** Comparing each with all others would take too long for more. */
const MAX_COMPARED = 20;

function excludeEachOther(branches: readonly Node[]): boolean {
  const seen: string[] = [];
  if (branches.length > MAX_COMPARED) return false;
  return branches.every((branch) => {
    const first = firstOf(branch);
    if (first === undefined || first.open || !areDisjoint(first.members, seen.join(''))) return false;
    seen.push(first.members);
    return true;
  });
}

function estimateRepeat(node: Extract<Node, { kind: 'repeat' }>, follow: Follow): Estimate {
  const first = firstOf(node.body);
  const around = first === undefined ? undefined : union(first.members, follow);
  const body = estimate(node.body, node.max > 1 ? around : follow);
  const rounds = Number.isFinite(node.max) ? node.max : Math.max(node.min, ESTIMATED_LENGTH);
  if (body.ways > 1) {
    const ways = (body.ways + 1) ** rounds;
    return { ways, work: ways * body.work };
  }
  const work = Math.max(rounds, 1) * body.work;
  // Whether there is another round, the next character says.
  const isDecided = first !== undefined && !first.open && follow !== undefined && areDisjoint(first.members, follow);
  return { ways: isDecided ? 1 : Math.min(rounds - node.min, ESTIMATED_LENGTH) + 1, work };
}
