import { createHmac, randomBytes } from 'node:crypto';

/** The digest of some texts under a key of its own: equal for equal texts only, and of no use to anybody without the key. */
export type KeyedDigest = (...texts: readonly string[]) => Buffer;

/**
 * Digests have one length, so they can be compared in constant time, and looking one up in a Map tells nothing about how
 * near a guess was: whoever guesses cannot know the digest of what he sends.
 */
export function createKeyedDigest(): KeyedDigest {
  const key = randomBytes(32);
  return (...texts) => {
    const hmac = createHmac('sha256', key);
    // Lengths in front, so that no two lists of texts run together alike.
    for (const text of texts) hmac.update(`${text.length}:`).update(text, 'utf8');
    return hmac.digest();
  };
}
