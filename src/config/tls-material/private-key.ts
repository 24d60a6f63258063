import { createPrivateKey, type KeyObject } from 'node:crypto';
import { errorCode } from '../../base/errors.js';
import { formatPath } from '../path.js';
import type { ProblemText } from '../report.js';
import { type Material, type MaterialContext, type MaterialPassword, nameOf } from './material.js';
import { type PemBlock, pemBlocks } from './pem.js';

/** The first private key of a PEM text. Undefined when there is none that can be read, which is reported then. */
export function parseKey(
  bytes: Uint8Array,
  material: Material,
  password: MaterialPassword | undefined,
  { reporter }: MaterialContext,
): KeyObject | undefined {
  const fail = (found: string, text: Omit<ProblemText, 'found'>): undefined => {
    reporter.error(material.path, { found: `${nameOf(material)} ${found}`, ...text });
  };
  const block = pemBlocks(Buffer.from(bytes).toString('utf8')).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) {
    const remedy = bytes[0] === DER_SEQUENCE ? 'convert it: openssl pkey -in it -out it.pem' : undefined;
    const expected = 'a block "-----BEGIN PRIVATE KEY-----"';
    return fail('without a PEM key', remedy === undefined ? { expected } : { expected, remedy });
  }
  const encrypted = isEncrypted(block);
  const passphrase = encrypted ? password?.secret?.reveal() : undefined;
  if (encrypted && passphrase === undefined) {
    const expected =
      password === undefined ? 'a key that is not encrypted' : `its password in ${formatPath(password.path)}`;
    return fail('with an encrypted key', { expected });
  }
  try {
    return createPrivateKey({ key: block.text, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    if (!encrypted) return fail('with a key that cannot be parsed', { expected: 'an RSA or EC key that is whole' });
    if (errorCode(error) === 'ERR_OSSL_UNSUPPORTED') {
      const remedy = 'encrypt it anew: openssl pkcs8 -topk8 -in it -out it.pem';
      return fail('with a key in a cipher that is no longer supported', { expected: 'one by AES', remedy });
    }
    const found = `a password that does not decrypt the key of ${formatPath(material.path)}`;
    reporter.error(password?.path ?? material.path, { found, expected: 'the password of the key' });
    return undefined;
  }
}

/** With this every DER key begins. */
const DER_SEQUENCE = 0x30;

/** By PKCS#8, or by the header of OpenSSL's older form. */
function isEncrypted({ label, text }: PemBlock): boolean {
  return label.startsWith('ENCRYPTED') || /^Proc-Type: *4, *ENCRYPTED/m.test(text);
}
