import { Secret } from '../../base/secret.js';
import type { InboundUser } from '../config.js';
import type { Path } from '../path.js';
import type { Reporter } from '../report.js';

/** Cost 4 to 31, 22 characters of salt and 31 of hash, in bcrypt's own base 64. */
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** Each step doubles the time; from here on one check takes seconds. */
const HIGHEST_USEFUL_COST = 14;

/** Ids of Spring Security's other encoders (PasswordEncoderFactories). Any other word in braces is part of a password. */
const OTHER_ENCODERS =
  /^\{(ldap|MD4|MD5|pbkdf2|pbkdf2@SpringSecurity_v5_8|scrypt|scrypt@SpringSecurity_v5_8|SHA-1|SHA-256|sha256|argon2|argon2@SpringSecurity_v5_8|sha|ssha)\}/i;

/** A password as it is, or its bcrypt hash, with or without Spring's prefix; anything that cannot be checked is reported. */
export function readPassword(password: Secret, path: Path, reporter: Reporter): Pick<InboundUser, 'password' | 'form'> {
  const text = password.reveal();
  if (text.startsWith('{noop}')) return { password: new Secret(text.slice('{noop}'.length)), form: 'plain' };
  const hash = text.startsWith('{bcrypt}') ? text.slice('{bcrypt}'.length) : text;
  if (hash !== text || /^\$2[aby]\$/.test(text)) {
    if (!BCRYPT.test(hash)) {
      reporter.error(path, {
        found: 'an incomplete bcrypt hash (not shown)',
        expected: '60 characters, such as $2y$10$ and 53 more',
        remedy: 'make one by promregator hash-password; in a shell, put it into single quotes',
      });
    }
    warnOfCost(hash, path, reporter);
    return { password: new Secret(hash), form: 'bcrypt' };
  }
  const encoder = OTHER_ENCODERS.exec(text);
  if (encoder !== null) {
    reporter.error(path, {
      found: `a hash of form {${encoder[1]}}`,
      expected: 'a password, or a hash of form {bcrypt}',
      remedy: 'make one by promregator hash-password',
    });
  }
  return { password, form: 'plain' };
}

function warnOfCost(hash: string, path: Path, reporter: Reporter): void {
  const cost = Number(hash.slice(4, 6));
  if (!(cost > HIGHEST_USEFUL_COST)) return;
  const found = `a hash of cost ${cost}, of which each check takes many seconds`;
  reporter.warning(path, { found, expected: 'a cost of 10 to 12' });
}
