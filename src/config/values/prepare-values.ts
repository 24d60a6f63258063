import type { Findings } from '../report.js';
import type { ObjectShape } from '../shape.js';
import type { Environment } from '../sources/environment-source.js';
import type { MapNode } from '../tree.js';
import type { Cipher } from './cipher.js';
import { type CipherKey, findCipherKey, KEY_GROUP } from './cipher-key.js';
import { createLookup } from './lookup.js';
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
  const { cipher, group, lookup } = await prepareKey(options, findings);
  const resolver = new TextResolver({ lookup, decrypt: cipher && ((hex) => cipher.decrypt(hex)) });
  const others = { ...options.root, entries: new Map(options.root.entries) };
  others.entries.delete(KEY_GROUP);
  const replaced = replaceValues(others, shape, resolver, findings);
  const replace: Parameters<typeof readSecretFiles>[2]['replace'] = (content, path, at) =>
    replaceLeaf(content, { shape: at, path, resolver, findings });
  const ready = await readSecretFiles(replaced, shape, { ...options, replace }, findings);
  for (const [name, node] of group.entries) ready.entries.set(name, node);
  return ready;
}

/** The cipher that the merged tree has a key for; for the commands that encrypt and decrypt. */
export async function findCipher(options: PrepareOptions, findings: Findings): Promise<Cipher | undefined> {
  return (await prepareKey(options, findings)).cipher;
}

async function prepareKey(
  options: PrepareOptions,
  findings: Findings,
): Promise<CipherKey & { readonly lookup: ReturnType<typeof createLookup> }> {
  const lookup = createLookup({ ...options, vcap: readVcap(options.env, findings.warnings) });
  const resolver = new TextResolver({ lookup, decrypt: undefined });
  return { lookup, ...(await findCipherKey({ ...options, resolver }, findings)) };
}
