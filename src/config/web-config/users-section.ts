import { Secret } from '../../base/secret.js';
import type { InboundUser } from '../config.js';
import type { Section } from './section.js';

/** Cost 4 to 31, 22 characters of salt and 31 of hash, in bcrypt's own base 64. */
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** Each with its bcrypt hash, which is never shown: a weak password can be guessed from it. */
export function readUsers(section: Section): readonly InboundUser[] {
  return section.entries().flatMap(([username, hash]) => {
    const path = [...section.path, username];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[:\u0000-\u001f\u007f]/.test(username) || username === '') {
      const expected = 'one that HTTP can carry, without colon (RFC 7617, 2)';
      section.reporter.error(path, { found: 'a name that no client can send', expected });
      return [];
    }
    if (!BCRYPT.test(hash)) {
      if (section.reporter.hasError(path)) return [];
      section.reporter.error(path, {
        found: hash === '' ? 'nothing' : 'a text that is no bcrypt hash (not shown)',
        expected: '60 characters, such as $2y$10$ and 53 more',
        remedy: 'make one by promregator hash-password',
      });
      return [];
    }
    return [{ username, password: new Secret(hash), form: 'bcrypt' as const }];
  });
}
