import { type Findings, problem } from '../report.js';
import type { ObjectShape } from '../shape.js';
import { type Leaf, type MapNode, mapNode, nodeAt } from '../tree.js';
import { type Cipher, createCipher, isHex } from './cipher.js';
import { replaceValues } from './replace-values.js';
import type { TextResolver } from './resolve-text.js';
import type { SecretFiles } from './secret-file.js';
import { readSecretFiles } from './secret-files.js';

/** The group of options that holds the key, which is made ready before all others. */
export const KEY_GROUP = 'encrypt';

/** Where container platforms mount secrets; `ENCRYPT_KEY_FILE` names one there (facts, promregator 4). */
const SECRETS_DIRECTORY = '/run/secrets';

export interface CipherKeyOptions extends Pick<SecretFiles, 'readFile'> {
  readonly root: MapNode;
  readonly shape: ObjectShape;
  /** One without a key: no key can be encrypted by itself. */
  readonly resolver: TextResolver;
}

export interface CipherKey {
  /** Undefined when there is no key; `unusable` when there is one that cannot be used, which is a problem then. */
  readonly cipher: Cipher | 'unusable' | undefined;
  /** The group `encrypt` as a tree of its own, with everything in it replaced. */
  readonly group: MapNode;
}

/** The cipher that `encrypt.key` (`ENCRYPT_KEY`) or the file of `ENCRYPT_KEY_FILE`, and `encrypt.salt`, make up. */
export async function findCipherKey(options: CipherKeyOptions, findings: Findings): Promise<CipherKey> {
  const before = findings.problems.length;
  const written = mapNode(options.root.origin);
  const node = options.root.entries.get(KEY_GROUP);
  if (node !== undefined) written.entries.set(KEY_GROUP, node);
  const replaced = replaceValues(written, options.shape, options.resolver, findings);
  const files = { readFile: options.readFile, cwd: SECRETS_DIRECTORY, replace: (content: Leaf): Leaf => content };
  const group = await readSecretFiles(replaced, options.shape, files, findings);
  const cipher = makeCipher(leafAt(group, 'key'), leafAt(group, 'salt'), findings);
  return { group, cipher: findings.problems.length > before ? 'unusable' : cipher };
}

function leafAt(group: MapNode, name: string): Leaf | undefined {
  const node = nodeAt(group, [KEY_GROUP, name]);
  return node?.kind === 'leaf' && node.text !== '' ? node : undefined;
}

function makeCipher(key: Leaf | undefined, salt: Leaf | undefined, findings: Findings): Cipher | undefined {
  if (salt !== undefined && !isHex(salt.text)) {
    const expected = 'pairs of the digits 0 to 9 and a to f';
    findings.problems.push(
      problem(salt.origin, [KEY_GROUP, 'salt'], { found: 'a salt that is no hex text', expected }),
    );
    return undefined;
  }
  if (key !== undefined && /RSA (?:PRIVATE|PUBLIC) KEY|^ssh-rsa/.test(key.text)) {
    const expected = 'a pass phrase, since values are encrypted by AES here';
    findings.problems.push(problem(key.origin, [KEY_GROUP, 'key'], { found: 'an RSA key', expected }));
    return undefined;
  }
  return key && createCipher(key.text, salt?.text);
}
