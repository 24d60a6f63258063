import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { Secret } from '../base/secret.js';
import type { Config, InboundAuth, InboundConfig, InboundUser } from '../config/config.js';
import { createBasicGuard } from '../server/basic-guard.js';
import { createBcryptQueue } from '../server/bcrypt-queue.js';
import { createBearerGuard } from '../server/bearer-guard.js';
import { type Guard, OPEN } from '../server/guard.js';
import { createRateLimit } from '../server/rate-limited-guard.js';

export type PrintPassword = (username: string, password: string) => void;

/** The guard of the endpoints that follow one of the `auth` options. */
export type GuardOf = (option: keyof InboundConfig['auth']) => Guard;

export interface GuardFactory {
  guardsFor(config: Pick<Config, 'inbound' | 'server'>): GuardOf;
  close(): Promise<void>;
}

/** Makes the guards of each configuration; what it made up once stays the same until the process ends. */
export function createGuardFactory(printPassword: PrintPassword, clock: Clock): GuardFactory {
  const bcrypt = createBcryptQueue();
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
    guardsFor({ inbound, server: { rateLimit } }) {
      const { auth, users, madeUpUser, tokens, everything } = inbound;
      const limited = rateLimit === undefined ? (guard: Guard) => guard : createRateLimit(rateLimit, clock);
      const all = madeUpUser === undefined ? users : [...users, makeUp(madeUpUser)];
      const basic = createBasicGuard({ users: all, bcrypt });
      const bearer = createBearerGuard({ tokens });
      const guards: Readonly<Record<InboundAuth, Guard>> = {
        NONE: limited(OPEN),
        BASIC: limited(basic),
        BEARER: limited(bearer),
      };
      return (option) => guards[everything ? 'BASIC' : auth[option]];
    },
    close: () => bcrypt.stop(),
  };
}
