import { randomBytes } from 'node:crypto';
import { Secret } from '../base/secret.js';
import type { InboundAuth, InboundConfig, InboundUser } from '../config/config.js';
import { createBasicGuard } from '../server/basic-guard.js';
import { createBcryptQueue } from '../server/bcrypt-queue.js';
import { createBearerGuard } from '../server/bearer-guard.js';
import { type Guard, OPEN } from '../server/guard.js';
import { createHashedPasswords } from '../server/hashed-passwords.js';

export type PrintPassword = (username: string, password: string) => void;

/** The guard of the endpoints that follow one of the `auth` options. */
export type GuardOf = (option: keyof InboundConfig['auth']) => Guard;

export interface GuardFactory {
  guardsFor(inbound: InboundConfig): GuardOf;
  close(): Promise<void>;
}

/** Makes the guards of each configuration; what it made up once, and what was found about passwords, stays until the process ends. */
export function createGuardFactory(printPassword: PrintPassword): GuardFactory {
  const bcrypt = createBcryptQueue();
  const hashed = createHashedPasswords(bcrypt);
  const madeUp = new Map<string, InboundUser>();

  function makeUp(username: string): InboundUser {
    const known = madeUp.get(username);
    if (known !== undefined) return known;
    const password = new Secret(randomBytes(18).toString('base64url'));
    printPassword(username, password.reveal());
    const user: InboundUser = { username, password, form: 'plain' };
    madeUp.set(username, user);
    return user;
  }

  return {
    guardsFor({ auth, users, madeUpUser, tokens, everything }) {
      const all = madeUpUser === undefined ? users : [...users, makeUp(madeUpUser)];
      const basic = createBasicGuard({ users: all, hashed });
      const bearer = createBearerGuard({ tokens });
      const guards: Readonly<Record<InboundAuth, Guard>> = { NONE: OPEN, BASIC: basic, BEARER: bearer };
      return (option) => (everything ? basic : guards[auth[option]]);
    },
    close: () => bcrypt.stop(),
  };
}
