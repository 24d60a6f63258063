import { type BcryptQueue, KNOWN_BEFORE } from './bcrypt-queue.js';
import { createKeyedDigest } from './keyed-digest.js';
import { createVerdictMemory } from './verdict-memory.js';

/**
 * Whether passwords fit bcrypt hashes, and what has been found about it. One for the whole server: what is known of users
 * who stay outlives the guards, so that a reload amid guesses does not put those who are known behind those who guess.
 */
export interface HashedPasswords {
  /**
   * At once where it is known. A changed hash is another question.
   *
   * @returns `busy` when too many wait: nothing has been compared then
   * @throws by the promise when the thread died or the server has stopped
   */
  fits(question: PasswordQuestion): boolean | Promise<boolean | 'busy'>;
}

export interface PasswordQuestion {
  /** Whoever asks, by address. */
  readonly caller: string;
  readonly username: string;
  readonly password: string;
  readonly hash: string;
}

/** Equal questions at a time share one run of bcrypt. */
export function createHashedPasswords(bcrypt: BcryptQueue): HashedPasswords {
  const digest = createKeyedDigest();
  const verdicts = createVerdictMemory();
  const running = new Map<string, Promise<boolean | 'busy'>>();

  async function compare(pair: string, triple: string, question: PasswordQuestion): Promise<boolean | 'busy'> {
    const { caller, password, hash } = question;
    const standing = verdicts.wasRight(pair) ? KNOWN_BEFORE : caller;
    const verdict = await bcrypt.compare({ caller: standing, password, hash });
    if (verdict !== 'busy') verdicts.set({ pair, triple }, verdict);
    return verdict;
  }

  return {
    fits(question) {
      const { username, password, hash } = question;
      const triple = digest('triple', username, password, hash).toString('base64');
      const known = verdicts.get(triple) ?? running.get(triple);
      if (known !== undefined) return known;
      const pair = digest('pair', username, password).toString('base64');
      const run = compare(pair, triple, question).finally(() => running.delete(triple));
      running.set(triple, run);
      return run;
    },
  };
}
