import { z } from 'zod';
import type { Path } from '../path.js';
import { type ObjectShape, shapeOf } from '../shape.js';
import { childrenOf, type Leaf, type MapNode, mapNode, nodeAt, type TreeNode } from '../tree.js';

/** Options of Spring Boot that say which sources there are. They work here, and are gone from the tree afterwards. */
const texts = z.array(z.string());
const bootSchema = z.object({
  spring: z.object({
    application: z.object({ json: z.string() }),
    config: z.object({
      location: texts,
      'additional-location': texts,
      name: texts,
      import: texts,
      'on-not-found': z.string(),
      activate: z.object({ 'on-profile': texts, 'on-cloud-platform': z.string() }),
    }),
    main: z.object({ 'cloud-platform': z.string() }),
    profiles: z.object({ active: texts, include: texts, default: texts }),
  }),
});

export const BOOT = {
  json: ['spring', 'application', 'json'],
  location: ['spring', 'config', 'location'],
  additionalLocation: ['spring', 'config', 'additional-location'],
  name: ['spring', 'config', 'name'],
  import: ['spring', 'config', 'import'],
  onNotFound: ['spring', 'config', 'on-not-found'],
  activate: ['spring', 'config', 'activate'],
  onProfile: ['spring', 'config', 'activate', 'on-profile'],
  onCloudPlatform: ['spring', 'config', 'activate', 'on-cloud-platform'],
  cloudPlatform: ['spring', 'main', 'cloud-platform'],
  profiles: ['spring', 'profiles'],
  activeProfiles: ['spring', 'profiles', 'active'],
  includedProfiles: ['spring', 'profiles', 'include'],
  defaultProfiles: ['spring', 'profiles', 'default'],
  profileGroups: ['spring', 'profiles', 'group'],
} as const satisfies Readonly<Record<string, Path>>;

/** The schema's shape and, beside it, the names above, so that they are relaxed like all others. */
export function withBootOptions(shape: ObjectShape): ObjectShape {
  const boot = shapeOf(bootSchema);
  if (boot.kind !== 'object') throw new TypeError('the schema is an object');
  return {
    ...shape,
    members: new Map([...shape.members, ...boot.members]),
    relaxed: new Map([...shape.relaxed, ...boot.relaxed]),
  };
}

/** What is left for everybody else: `spring.application.name` and the like stay. */
export function withoutBootOptions(root: MapNode): MapNode {
  const paths: readonly Path[] = [BOOT.json, ['spring', 'config'], BOOT.cloudPlatform, BOOT.profiles];
  return paths.reduce(removeAt, root);
}

/** A map that is empty then goes too. */
function removeAt(node: MapNode, path: Path): MapNode {
  const [name, ...rest] = path;
  const child = typeof name === 'string' ? node.entries.get(name) : undefined;
  if (typeof name !== 'string' || child === undefined) return node;
  const entries = new Map(node.entries);
  const left = rest.length === 0 || child.kind !== 'map' ? undefined : removeAt(child, rest);
  if (rest.length > 0 && child.kind !== 'map') return node;
  if (left === undefined || left.entries.size === 0) entries.delete(name);
  else entries.set(name, left);
  return { ...mapNode(node.origin, node.keyOrigin), entries };
}

/**
 * The texts of a list: its items, or the parts between commas of a single value. Undefined when nobody set it; empty
 * ones are left out.
 */
export function textsAt(root: TreeNode, path: Path): readonly Leaf[] | undefined {
  const node = nodeAt(root, path);
  if (node === undefined || node.kind === 'map') return undefined;
  const leaves = node.kind === 'leaf' ? [node] : childrenOf(node).flatMap(([, item]) => asLeaf(item));
  return leaves.flatMap(splitLeaf);
}

function asLeaf(node: TreeNode): readonly Leaf[] {
  return node.kind === 'leaf' ? [node] : [];
}

/** The parts between commas. */
export function splitLeaf(leaf: Leaf): readonly Leaf[] {
  const parts = leaf.text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map((text) => ({ ...leaf, text }));
}

/** A single text; undefined when it is not set or empty. */
export function textAt(root: TreeNode, path: Path): Leaf | undefined {
  const node = nodeAt(root, path);
  return node?.kind === 'leaf' && node.text.trim() !== '' ? { ...node, text: node.text.trim() } : undefined;
}
