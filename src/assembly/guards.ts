import { randomBytes } from 'node:crypto';
import { Secret } from '../base/secret.js';
import type { Config, InboundAuth } from '../config/config.js';
import { createBasicGuard, type Guard, OPEN } from '../server/guard.js';

export type PrintPassword = (username: string, password: string) => void;

/** The guard of each `auth` option. Where something is guarded and no password is set, one is made up and printed. */
export function createGuards(config: Config, printPassword: PrintPassword): (auth: InboundAuth) => Guard {
  const { auth: auths, users, madeUpUser } = config.inbound;
  if (Object.values(auths).every((auth) => auth === 'NONE')) return () => OPEN;
  const username = madeUpUser ?? users[0]?.username ?? '';
  const password = users[0]?.password ?? new Secret(randomBytes(18).toString('base64url'));
  if (madeUpUser !== undefined) printPassword(username, password.reveal());
  const basic = createBasicGuard({ username, password });
  return (auth) => (auth === 'BASIC' ? basic : OPEN);
}
