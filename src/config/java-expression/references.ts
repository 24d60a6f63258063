import { ExpressionFault } from './fault.js';
import { childrenOf, type Node, type ReferenceNode, type RepeatNode } from './tree.js';

/**
 * How a back-reference is written. `plain`: its group has been passed. `guarded`: it may have been, and Java fails where
 * it was not, while JavaScript matches nothing and goes on. `never`: it cannot have been.
 */
export type ReferenceUse = 'plain' | 'guarded' | 'never';

export interface References {
  readonly uses: ReadonlyMap<ReferenceNode, ReferenceUse>;
  /** Groups that need a name. */
  readonly captured: ReadonlySet<number>;
  /** Groups that must tell whether they have been passed. */
  readonly guarded: ReadonlySet<number>;
}

/**
 * Says how back-references are written. JavaScript forgets what groups held at each round of a repetition, Java does not;
 * where that could make a difference, the reference is refused.
 */
export function studyReferences(tree: Node): References {
  const homes = new Map<number, readonly Node[]>();
  findHomes(tree, [], homes);
  const study: Study = { homes, uses: new Map() };
  walk(tree, { passed: new Set(), met: new Set(), within: [] }, study);
  const written = [...study.uses].filter(([, use]) => use !== 'never');
  return {
    uses: study.uses,
    captured: new Set(written.map(([{ group }]) => group)),
    guarded: new Set(written.filter(([, use]) => use === 'guarded').map(([{ group }]) => group)),
  };
}

interface Study {
  /** For each group, the repetitions and negated look-arounds that it stands in, from the outside. */
  readonly homes: ReadonlyMap<number, readonly Node[]>;
  readonly uses: Map<ReferenceNode, ReferenceUse>;
}

/** What is known at one place of the expression. */
interface Place {
  /** Groups that have been passed whichever way led here. */
  readonly passed: ReadonlySet<number>;
  /** Groups that may have been passed. */
  readonly met: ReadonlySet<number>;
  /** Repetitions and negated look-arounds around it, from the outside. */
  readonly within: readonly Node[];
}

type After = Pick<Place, 'passed' | 'met'>;

function findHomes(node: Node, within: readonly Node[], homes: Map<number, readonly Node[]>): void {
  if (node.kind === 'group') homes.set(node.group, within);
  const inside = isBarrier(node) ? [...within, node] : within;
  for (const child of childrenOf(node)) findHomes(child, inside, homes);
}

function isBarrier(node: Node): boolean {
  return isLoop(node) || (node.kind === 'look' && node.negated);
}

function isLoop(node: Node): node is RepeatNode {
  return node.kind === 'repeat' && node.max > 1;
}

function walk(node: Node, place: Place, study: Study): After {
  switch (node.kind) {
    case 'set':
    case 'assertion':
      return place;
    case 'reference':
      study.uses.set(node, useOf(node, place, study));
      return place;
    case 'group': {
      const after = walk(node.body, place, study);
      return { passed: including(after.passed, node.group), met: including(after.met, node.group) };
    }
    case 'sequence':
      return node.items.reduce<After>(
        (after, item) => walk(item, { passed: after.passed, met: after.met, within: place.within }, study),
        place,
      );
    case 'choice':
      return join(node.branches.map((branch) => walk(branch, place, study)));
    case 'atomic':
      return walk(node.body, place, study);
    case 'look': {
      const inside = node.negated ? { ...place, within: [...place.within, node] } : place;
      const after = walk(node.body, inside, study);
      return node.negated ? place : after;
    }
    case 'repeat': {
      const inside = isLoop(node) ? { ...place, within: [...place.within, node] } : place;
      const after = walk(node.body, inside, study);
      return node.min > 0 ? after : { passed: place.passed, met: after.met };
    }
  }
}

function including(groups: ReadonlySet<number>, group: number): ReadonlySet<number> {
  return new Set(groups).add(group);
}

/** After one of several branches. */
function join(branches: readonly After[]): After {
  const [first, ...others] = branches;
  const passed = [...(first?.passed ?? [])].filter((group) => others.every((other) => other.passed.has(group)));
  return { passed: new Set(passed), met: new Set(branches.flatMap(({ met }) => [...met])) };
}

function useOf(reference: ReferenceNode, place: Place, study: Study): ReferenceUse {
  const { group, position } = reference;
  const home = study.homes.get(group);
  if (home === undefined) return 'never';
  if (home.some((node) => isLoop(node) && place.within.includes(node)) && !place.passed.has(group)) {
    throw new ExpressionFault(
      position,
      'a back-reference to what its group held in an earlier round of a repetition; write the rounds one after the other',
    );
  }
  for (const node of home) {
    if (!place.within.includes(node)) checkLeft(node, group, position);
  }
  if (place.passed.has(group)) return 'plain';
  return place.met.has(group) ? 'guarded' : 'never';
}

/** Checks what holds the group and not the reference. */
function checkLeft(node: Node, group: number, position: number): void {
  if (node.kind === 'look') {
    throw new ExpressionFault(position, 'a back-reference to a group in a negated look-around, which holds nothing');
  }
  if (!isLoop(node)) return;
  if (!setsAlways(node.body, group)) {
    throw new ExpressionFault(
      position,
      'a back-reference to a group that only some rounds of a repetition pass; write the rounds one after the other',
    );
  }
  if (node.min !== node.max && (node.body.kind !== 'group' || node.body.group !== group)) {
    throw new ExpressionFault(
      position,
      'a back-reference to a group within what is repeated, where Java may compare with a round that it has undone; write the last round by itself',
    );
  }
  if (isNullable(node.body)) {
    throw new ExpressionFault(
      position,
      'a back-reference to a group in a repetition of what may be empty; write the repetition so that each round takes a character',
    );
  }
}

function setsAlways(body: Node, group: number): boolean {
  const study: Study = { homes: new Map(), uses: new Map() };
  return walk(body, { passed: new Set(), met: new Set(), within: [] }, study).passed.has(group);
}

/** Whether it may match without taking a character. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return false;
    case 'assertion':
    case 'look':
    case 'reference':
      return true;
    case 'sequence':
      return node.items.every(isNullable);
    case 'choice':
      return node.branches.some(isNullable);
    case 'group':
    case 'atomic':
      return isNullable(node.body);
    case 'repeat':
      return node.min === 0 || isNullable(node.body);
  }
}
