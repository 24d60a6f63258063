import { homedir, tmpdir } from 'node:os';
import { saysSecret } from '../mask.js';
import type { Origin } from '../origin.js';
import { relaxName, type Segment, splitName } from '../path.js';
import { isSecret, type ObjectShape, resolvePath } from '../shape.js';
import { type Environment, shapeOfVariable } from '../sources/environment-source.js';
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

export type Lookup = (name: string) => Found | undefined;

export interface LookupOptions {
  readonly root: MapNode;
  readonly shape: ObjectShape;
  readonly env: Environment;
  readonly vcap: ReadonlyMap<string, VcapValue>;
  /** What `user.dir` stands for; the directory of the process unless given. */
  readonly cwd?: string;
  /** Called for each value of the tree that is found. */
  readonly onRead?: (leaf: Leaf) => void;
}

/**
 * Finds what a placeholder names: what Cloud Foundry tells, else, in the precedence of sources, an option of any name and a
 * variable of the environment, at last what Java knows of its surroundings.
 */
export function createLookup(options: LookupOptions): Lookup {
  const relaxedVcap = new Map([...options.vcap].map(([name, value]) => [relaxName(name), value]));
  return (name) => {
    const vcap = options.vcap.get(name) ?? relaxedVcap.get(relaxName(name));
    if (vcap !== undefined) return fromVcap(name, vcap);
    const leaf = findLeaf(options, name);
    if (leaf !== undefined) options.onRead?.(leaf.node);
    const variable = findVariable(options, name);
    // The environment's own options are in the tree already; of others it knows only by this name.
    if (leaf !== undefined && (variable === undefined || leaf.node.origin.kind !== 'file')) return fromLeaf(name, leaf);
    return variable ?? fromSystem(name, options);
  };
}

/** Properties that Java sets by itself. They have no place; what is said of them is said where they are named. */
function fromSystem(name: string, { env, cwd }: LookupOptions): Found | undefined {
  const value = systemProperty(name, env, cwd);
  if (value === undefined) return undefined;
  const origin = { kind: 'switch', name: `-D${name}`, variable: 'the system' } as const;
  return { id: `system ${name}`, text: value, origin, secret: false, verbatim: true };
}

function systemProperty(name: string, env: Environment, cwd = process.cwd()): string | undefined {
  switch (name) {
    case 'user.dir':
      return cwd;
    case 'user.home':
      return env['HOME'] || tryHome();
    case 'user.name':
      return env['USER'] || env['LOGNAME'];
    case 'java.io.tmpdir':
      return tmpdir();
  }
  return undefined;
}

function fromVcap(name: string, { text, variable, secret }: VcapValue): Found {
  const origin = { kind: 'environment', name: variable } as const;
  return { id: `vcap ${relaxName(name)}`, text, origin, secret, verbatim: true };
}

function tryHome(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // containers run as users that nobody entered anywhere
  }
}

interface FoundLeaf {
  readonly node: Leaf;
  /** Of an option that holds a secret, or of a name that says so. */
  readonly secret: boolean;
}

function fromLeaf(name: string, { node, secret }: FoundLeaf): Found {
  const { text, origin } = node;
  const id = `option ${relaxName(name)}`;
  return { id, text, origin, secret: secret || node.secret === true, verbatim: node.secret === true };
}

/** By the schema's own names, else by any spelling of the names that somebody wrote. */
function findLeaf({ root, shape }: LookupOptions, name: string): FoundLeaf | undefined {
  const written = splitName(name);
  const resolved = resolvePath(shape, written);
  const node = nodeAt(root, resolved.path) ?? findRelaxed(root, written);
  if (node?.kind !== 'leaf' || node.faulty) return undefined;
  return { node, secret: resolved.shape === undefined ? saysSecret(name) : isSecret(resolved.shape) };
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
function findVariable({ env, shape }: LookupOptions, name: string): Found | undefined {
  const plain = name.replace(/\[(\d+)\]/g, '.$1');
  const forms = [name, plain.replace(/[.-]/g, '_'), plain.replace(/-/g, '').replaceAll('.', '_')];
  for (const form of [...forms, ...forms.map((each) => each.toUpperCase())]) {
    const text = Object.hasOwn(env, form) ? env[form] : undefined;
    if (text === undefined) continue;
    const origin = { kind: 'environment', name: form } as const;
    return { id: `variable ${form}`, text, origin, secret: isSecretVariable(form, shape), verbatim: false };
  }
  return undefined;
}

/** By the option that it sets, else by what its name says. */
function isSecretVariable(name: string, shape: ObjectShape): boolean {
  const option = shapeOfVariable(shape, name);
  return option === undefined ? saysSecret(name) : isSecret(option);
}
