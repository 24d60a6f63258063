import type { Milliseconds, Seconds } from '../../src/base/duration.js';
import type { ClientOptions, Role, Settings, UserOptions } from '../options.js';
import type { Random } from '../random.js';

export interface User {
  readonly guid: string;
  readonly username: string;
  password: string;
  readonly role: Role;
  readonly scopes: readonly string[];
  readonly passwordChangeRequired: boolean;
  readonly verified: boolean;
  /** Times of wrong passwords that still count. */
  failuresMs: readonly Milliseconds[];
  lockedUntilMs: Milliseconds;
  /** Part of each of the user's tokens; refresh tokens with another one are dead. */
  revocationSignature: string;
}

export interface Client {
  readonly id: string;
  readonly secret: string;
  readonly grants: readonly string[];
  readonly authorities: readonly string[];
  readonly accessSeconds: Seconds;
  readonly refreshSeconds: Seconds;
}

const CF_ACCESS_SECONDS = 1200;
const OTHER_ACCESS_SECONDS = 43_200;
const REFRESH_SECONDS = 2_592_000;

/** UAA's default policy: five failures within 20 minutes lock for five. */
const LOCKING_FAILURES = 5;
const COUNTED_MS: Milliseconds = 1_200_000;
const LOCKED_MS: Milliseconds = 300_000;

export function userFrom(options: UserOptions, random: Random): User {
  return {
    guid: random.guid(),
    username: options.username,
    password: options.password,
    role: options.role,
    scopes: options.scopes ?? scopesOf(options.role),
    passwordChangeRequired: options.passwordChangeRequired ?? false,
    verified: options.verified ?? true,
    failuresMs: [],
    lockedUntilMs: 0,
    revocationSignature: random.hex(8),
  };
}

export function clientFrom(options: ClientOptions, settings: Settings): Client {
  const usual = options.id === 'cf' ? CF_ACCESS_SECONDS : OTHER_ACCESS_SECONDS;
  return {
    id: options.id,
    secret: options.secret,
    grants: options.grants,
    authorities: options.authorities ?? ['uaa.none'],
    accessSeconds: options.accessSeconds ?? settings.token.accessSeconds ?? usual,
    refreshSeconds: settings.token.refreshSeconds ?? REFRESH_SECONDS,
  };
}

/**
 * `locked`: whatever the password is. The failure that locks still says `wrong`; attempts while locked do not prolong the lock;
 * after it one further failure locks again, since the old ones count for 20 minutes (facts 2.4).
 */
export function checkPassword(user: User, password: string, nowMs: Milliseconds): 'right' | 'wrong' | 'locked' {
  if (nowMs < user.lockedUntilMs) return 'locked';
  if (password === user.password) {
    user.failuresMs = [];
    return 'right';
  }
  user.failuresMs = [...user.failuresMs.filter((failureMs) => nowMs - failureMs < COUNTED_MS), nowMs];
  if (user.failuresMs.length >= LOCKING_FAILURES) user.lockedUntilMs = nowMs + LOCKED_MS;
  return 'wrong';
}

function scopesOf(role: Role): readonly string[] {
  const usual = ['cloud_controller.read', 'openid', 'password.write', 'cloud_controller.write', 'uaa.user'];
  return typeof role === 'string' ? [...usual, `cloud_controller.${role}`] : usual;
}
