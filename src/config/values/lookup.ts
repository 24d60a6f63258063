import type { Origin } from '../origin.js';
import { relaxName, type Segment, splitName } from '../path.js';
import { type ObjectShape, resolvePath } from '../shape.js';
import type { Environment } from '../sources/environment-source.js';
import { type Leaf, type MapNode, nodeAt, type TreeNode } from '../tree.js';
import type { VcapValue } from './vcap.js';

/** A value as it was written, before its placeholders and its cipher are replaced. */
export interface Written {
  readonly text: string;
  readonly origin: Origin;
  readonly secret: boolean;
  /** Placeholders in it do not count. Files of secrets and Cloud Foundry's words are taken so: passwords are made of anything. */
  readonly verbatim: boolean;
}

/** What a placeholder's name stands for. */
export interface Found extends Written {
  /** The same for each name of the same value. */
  readonly id: string;
}

export interface LookupOptions {
  readonly root: MapNode;
  readonly shape: ObjectShape;
  readonly env: Environment;
  readonly vcap: ReadonlyMap<string, VcapValue>;
}

/**
 * Finds what a placeholder names: what Cloud Foundry tells, else, in the precedence of sources, an option of any name
 * and a variable of the environment.
 */
export function createLookup(options: LookupOptions): (name: string) => Found | undefined {
  const relaxedVcap = new Map([...options.vcap].map(([name, value]) => [relaxName(name), value]));
  return (name) => {
    const vcap = options.vcap.get(name) ?? relaxedVcap.get(relaxName(name));
    if (vcap !== undefined) return fromVcap(name, vcap);
    const leaf = findLeaf(options, name);
    const variable = findVariable(options.env, name);
    // The environment's own options are in the tree already; of others it knows only by this name.
    return leaf !== undefined && (variable === undefined || leaf.origin.kind !== 'file')
      ? fromLeaf(name, leaf)
      : variable;
  };
}

function fromVcap(name: string, { text, variable, secret }: VcapValue): Found {
  const origin = { kind: 'environment', name: variable } as const;
  return { id: `vcap ${relaxName(name)}`, text, origin, secret, verbatim: true };
}

function fromLeaf(name: string, { text, origin, secret }: Leaf): Found {
  return { id: `option ${relaxName(name)}`, text, origin, secret: secret === true, verbatim: secret === true };
}

/** By the schema's own names, else by any spelling of the names that somebody wrote. */
function findLeaf({ root, shape }: LookupOptions, name: string): Leaf | undefined {
  const written = splitName(name);
  const { path } = resolvePath(shape, written);
  const node = nodeAt(root, path) ?? findRelaxed(root, written);
  return node?.kind === 'leaf' && !node.faulty ? node : undefined;
}

function findRelaxed(root: TreeNode, written: readonly Segment[]): TreeNode | undefined {
  return written.reduce<TreeNode | undefined>((here, segment) => {
    if (here?.kind === 'list') return typeof segment === 'number' ? here.items.get(segment) : undefined;
    if (here?.kind !== 'map' || typeof segment !== 'string') return undefined;
    const exact = here.entries.get(segment);
    if (exact !== undefined) return exact;
    return [...here.entries].find(([name]) => relaxName(name) === relaxName(segment))?.[1];
  }, root);
}

/**
 * By Spring's rule for the environment: the name as it stands, with underscores for dots and dashes, or without dashes;
 * each of them in capitals too. `my.password.os-variable` is `MY_PASSWORD_OS_VARIABLE` and `MY_PASSWORD_OSVARIABLE`.
 */
function findVariable(env: Environment, name: string): Found | undefined {
  const plain = name.replace(/\[(\d+)\]/g, '.$1');
  const forms = [name, plain.replace(/[.-]/g, '_'), plain.replace(/-/g, '').replaceAll('.', '_')];
  for (const form of [...forms, ...forms.map((each) => each.toUpperCase())]) {
    const text = Object.hasOwn(env, form) ? env[form] : undefined;
    if (text === undefined) continue;
    const origin = { kind: 'environment', name: form } as const;
    return { id: `variable ${form}`, text, origin, secret: false, verbatim: false };
  }
  return undefined;
}
