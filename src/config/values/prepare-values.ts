import type { Findings } from '../report.js';
import type { ObjectShape } from '../shape.js';
import type { Environment } from '../sources/environment-source.js';
import type { Leaf, MapNode } from '../tree.js';
import type { Cipher } from './cipher.js';
import { type CipherKey, findCipherKey, KEY_GROUP } from './cipher-key.js';
import { createLookup, type Lookup } from './lookup.js';
import { markReferred } from './mark-referred.js';
import { replaceLeaf, replaceValues } from './replace-values.js';
import { TextResolver } from './resolve-text.js';
import type { SecretFiles } from './secret-file.js';
import { readSecretFiles } from './secret-files.js';
import { readVcap } from './vcap.js';

export interface PrepareOptions extends SecretFiles {
  /** All sources, laid over each other. */
  readonly root: MapNode;
  readonly shape: ObjectShape;
  readonly env: Environment;
}

/** The merged tree with the values that it stands for: placeholders and ciphers replaced, files of secrets read. */
export async function prepareValues(options: PrepareOptions, findings: Findings): Promise<MapNode> {
  const { shape } = options;
  const { cipher, group, lookup, read } = await prepareKey(options, findings);
  const decrypt = typeof cipher === 'object' ? (hex: string) => cipher.decrypt(hex) : cipher;
  const resolver = new TextResolver({ lookup, decrypt });
  const others = { ...options.root, entries: new Map(options.root.entries) };
  others.entries.delete(KEY_GROUP);
  const replaced = replaceValues(others, shape, resolver, findings);
  const replace: Parameters<typeof readSecretFiles>[2]['replace'] = (content, path, at) =>
    replaceLeaf(content, { shape: at, path, resolver, findings });
  const ready = await readSecretFiles(replaced, shape, { ...options, replace }, findings);
  for (const [name, node] of group.entries) ready.entries.set(name, node);
  return markReferred(ready, options.root, read);
}

/** The cipher that the merged tree has a key for; for the commands that encrypt and decrypt. */
export async function findCipher(options: PrepareOptions, findings: Findings): Promise<Cipher | undefined> {
  const { cipher } = await prepareKey(options, findings);
  return cipher === 'unusable' ? undefined : cipher;
}

async function prepareKey(
  options: PrepareOptions,
  findings: Findings,
): Promise<CipherKey & { readonly lookup: Lookup; readonly read: ReadonlySet<Leaf> }> {
  const read = new Set<Leaf>();
  const vcap = readVcap(options.env, findings.warnings);
  const lookup = createLookup({ ...options, vcap, onRead: (leaf) => read.add(leaf) });
  const resolver = new TextResolver({ lookup, decrypt: undefined });
  return { lookup, read, ...(await findCipherKey({ ...options, resolver }, findings)) };
}
