import { ExpressionFault } from './fault.js';
import type { Flags } from './flags.js';
import { parseExpression } from './parse.js';
import { studyReferences } from './references.js';
import { childrenOf, type Node, type ReferenceNode } from './tree.js';
import { estimateWork } from './work.js';
import { writeExpression } from './write.js';

export interface Translation {
  /** For JavaScript's flag `v`; matches a whole subject. */
  readonly source: string;
  /** Stands before each subject. */
  readonly prefix: string;
  /** Subjects are read in lower case (ASCII), since a back-reference compares without regard to it. */
  readonly folds: boolean;
  /** Steps that a hostile subject may cost, from above. */
  readonly work: number;
}

/** A Java expression as a JavaScript one. Throws ExpressionFault for what is none, or cannot be said in JavaScript. */
export function translateExpression(source: string, flags: Flags): Translation {
  const tree = parseExpression(source, flags);
  const references = studyReferences(tree);
  const written = [...references.uses].filter(([, use]) => use !== 'never').map(([reference]) => reference);
  const folds = checkLetters(tree, written);
  return { ...writeExpression(tree, references), folds, work: estimateWork(tree) };
}

/**
 * JavaScript's back-reference compares as written. Without regard to case, it is enough to read the subject in lower
 * case, if nothing else in the expression tells one case from the other.
 */
function checkLetters(tree: Node, references: readonly ReferenceNode[]): boolean {
  const unicode = references.find(({ letters }) => letters === 'unicode');
  if (unicode !== undefined) {
    const remedy = 'write (?-u:…) around it, so that it compares without regard to the case of a to z only';
    throw new ExpressionFault(unicode.position, `a back-reference under the flags i and u; ${remedy}`);
  }
  const folding = references.find(({ letters }) => letters === 'ascii');
  if (folding === undefined) return false;
  if (references.some(({ letters }) => letters !== 'ascii') || !isBlindToCase(tree)) {
    const remedy = 'write the whole with (?i), or (?-i:…) around it and all else';
    throw new ExpressionFault(
      folding.position,
      `a back-reference without regard to case, where other parts have regard to it; ${remedy}`,
    );
  }
  return true;
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

function isBlindToCase(node: Node): boolean {
  if (node.kind === 'set') {
    const set = new RegExp(`^[${node.members}]$`, 'v');
    return LETTERS.every((letter) => set.test(letter) === set.test(letter.toUpperCase()));
  }
  return childrenOf(node).every(isBlindToCase);
}
