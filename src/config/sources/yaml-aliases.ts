import { type Document, type Node, visit } from 'yaml';
import type { ProblemText } from '../report.js';

/** What aliases stand for; one that is not in it stands for nothing. */
export type AliasTargets = ReadonlyMap<Node, Node>;

/** Of an alias that stands for nothing. */
export const NO_ANCHOR: ProblemText = {
  found: 'an alias (*name) that no & defines before it',
  expected: 'a value',
  remedy: 'a text that begins with * needs quotes',
};

/** Each alias means the last anchor of its name before it. In one walk, where the parser's own way takes one an alias. */
export function aliasTargets(document: Document.Parsed): AliasTargets {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  visit(document, {
    Alias(_, alias) {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value(_, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}
