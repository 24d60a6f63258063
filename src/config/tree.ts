import type { Origin } from './origin.js';
import type { Path, Segment } from './path.js';

/**
 * Values as they were written, each with the place it comes from. Everything is text: which type it should have is the
 * option's business. Entries stand in Maps, where a key such as `__proto__` is a key like any other.
 */
export type TreeNode = MapNode | ListNode | Leaf;

export interface MapNode extends Placed {
  readonly kind: 'map';
  readonly entries: Map<string, TreeNode>;
}

export interface ListNode extends Placed {
  readonly kind: 'list';
  /** By index, since the environment may name the third item and no second one. */
  readonly items: Map<number, TreeNode>;
}

export interface Leaf extends Placed {
  readonly kind: 'leaf';
  /** Empty when the option stands there without a value. */
  readonly text: string;
  /** Was encrypted, or came from credentials or a secret's file: not to be shown, whatever its option. */
  readonly secret?: true;
  /** Where the placeholder or the name of the file stands that led to this value. */
  readonly through?: Origin;
  /** A placeholder reads it, so it has its use also where no option has that name. */
  readonly referred?: true;
  /** What is wrong with it has been said: it is not read, and nothing else is said of it. */
  readonly faulty?: true;
}

interface Placed {
  readonly origin: Origin;
  /** Where its name stands, when that is not where its value stands. */
  readonly keyOrigin: Origin;
  /** Nobody wrote it by itself: it is what the flat name of another option goes through. */
  readonly implied?: true;
}

export function mapNode(origin: Origin, keyOrigin: Origin = origin): MapNode {
  return { kind: 'map', entries: new Map(), origin, keyOrigin };
}

export function listNode(origin: Origin, keyOrigin: Origin = origin): ListNode {
  return { kind: 'list', items: new Map(), origin, keyOrigin };
}

export function leaf(text: string, origin: Origin, keyOrigin: Origin = origin): Leaf {
  return { kind: 'leaf', text, origin, keyOrigin };
}

/** Two values of one option in one source. */
export interface Clash {
  readonly path: Path;
  readonly first: TreeNode;
  readonly second: TreeNode;
}

/** Puts `node` at `path` below `root`, making maps and lists on the way. What is there already stays; clashes are returned. */
export function putNode(root: MapNode, path: Path, node: TreeNode): readonly Clash[] {
  let here: MapNode | ListNode = root;
  for (const [at, segment] of path.slice(0, -1).entries()) {
    const next: TreeNode = childOf(here, segment) ?? emptyFor(path[at + 1], node);
    if (next.kind === 'leaf' || !accepts(next, path[at + 1])) {
      return [{ path: path.slice(0, at + 1), first: next, second: node }];
    }
    setChild(here, segment, next);
    here = next;
  }
  return join(here, path, node);
}

function join(container: MapNode | ListNode, path: Path, node: TreeNode): readonly Clash[] {
  const segment = path.at(-1);
  if (segment === undefined) return [];
  const present = childOf(container, segment);
  if (present === undefined) {
    setChild(container, segment, node);
    return [];
  }
  if (present.kind === 'leaf' || node.kind !== present.kind) return [{ path, first: present, second: node }];
  return childrenOf(node).flatMap(([name, child]) => join(present, [...path, name], child));
}

function emptyFor(segment: Segment | undefined, node: TreeNode): MapNode | ListNode {
  const made = typeof segment === 'number' ? listNode(node.keyOrigin) : mapNode(node.keyOrigin);
  return { ...made, implied: true };
}

function accepts(container: MapNode | ListNode, segment: Segment | undefined): boolean {
  return (container.kind === 'list') === (typeof segment === 'number');
}

/**
 * The values of `lower` and `higher`; where both have one, the higher. A list replaces a list whole, as Spring does it.
 *
 * Values of `higher` stand behind those of `lower`, so that their order tells which of two options was said by which.
 */
export function overlay(lower: MapNode, higher: MapNode): MapNode {
  const entries = new Map(lower.entries);
  for (const [name, above] of higher.entries) {
    const below = entries.get(name);
    if (below?.kind === 'map' && above.kind === 'map') entries.set(name, overlay(below, above));
    else {
      entries.delete(name);
      entries.set(name, above);
    }
  }
  return { ...lower, entries };
}

export function childrenOf(node: TreeNode): readonly (readonly [Segment, TreeNode])[] {
  if (node.kind === 'leaf') return [];
  return node.kind === 'map' ? [...node.entries] : [...node.items].toSorted(([a], [b]) => a - b);
}

/** Each text below a node with its path from there. */
export function leavesOf(node: TreeNode, path: Path = []): readonly (readonly [Path, Leaf])[] {
  if (node.kind === 'leaf') return [[path, node]];
  return childrenOf(node).flatMap(([name, child]) => leavesOf(child, [...path, name]));
}

/**
 * Where the value at `path` was written. For a value that nobody wrote, the closest group or item around it that somebody
 * wrote into a file; undefined when there is none.
 */
export function findOrigin(root: TreeNode, path: Path): Origin | undefined {
  let here: TreeNode = root;
  let around: Origin | undefined;
  for (const segment of path) {
    // One text may hold several items, separated by commas.
    if (here.kind === 'leaf') return here.origin;
    const next = childOf(here, segment);
    if (next === undefined) return around;
    if (next.keyOrigin.kind === 'file' && (!next.implied || typeof segment === 'number')) around = next.keyOrigin;
    here = next;
  }
  return here === root ? undefined : here.origin;
}

/** The same for a value that has to be there; undefined for one that nobody wrote. */
export function findOwnOrigin(root: TreeNode, path: Path): Origin | undefined {
  return ownNodeAt(root, path)?.origin;
}

/** The node at `path`, or the one text that holds it among others, separated by commas. */
export function ownNodeAt(root: TreeNode, path: Path): TreeNode | undefined {
  let here: TreeNode | undefined = root;
  for (const segment of path) {
    if (here === undefined || here.kind === 'leaf') return here;
    here = childOf(here, segment);
  }
  return here === root ? undefined : here;
}

/** The node at `path`, if there is one. */
export function nodeAt(root: TreeNode, path: Path): TreeNode | undefined {
  return path.reduce<TreeNode | undefined>((here, segment) => here && childOf(here, segment), root);
}

function childOf(node: TreeNode, segment: Segment): TreeNode | undefined {
  if (node.kind === 'map') return typeof segment === 'string' ? node.entries.get(segment) : undefined;
  if (node.kind === 'list') return typeof segment === 'number' ? node.items.get(segment) : undefined;
  return undefined;
}

function setChild(container: MapNode | ListNode, segment: Segment, child: TreeNode): void {
  if (container.kind === 'map' && typeof segment === 'string') container.entries.set(segment, child);
  if (container.kind === 'list' && typeof segment === 'number') container.items.set(segment, child);
}
