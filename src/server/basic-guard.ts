import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Secret } from '../base/secret.js';
import type { Guard } from './guard.js';
import type { HashedPasswords } from './hashed-passwords.js';
import { createKeyedDigest } from './keyed-digest.js';
import { refuseCredentials } from './refuse-credentials.js';
import { respondText } from './respond.js';

export interface BasicUser {
  /** No other user has it. */
  readonly username: string;
  /** The password itself, or its bcrypt hash (`$2a$`, `$2b$`, `$2y$`). */
  readonly password: Secret;
  readonly form: 'plain' | 'bcrypt';
}

export interface BasicGuardOptions {
  readonly users: readonly BasicUser[];
  /** Asked only where a user's password is a hash. */
  readonly hashed: HashedPasswords;
}

interface Known {
  /** Digest of a plain password. */
  readonly plain: Buffer | undefined;
  readonly hash: Secret | undefined;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

const CHALLENGE = 'Basic realm="Promregator", charset="UTF-8"';

/**
 * HTTP Basic (RFC 7617).
 *
 * Everything is compared by digests of equal length. As soon as one user has a hash, nobody is refused before bcrypt has
 * run, as in exporter-toolkit (facts/prometheus.md 7.1): a user who is not known, or whose password is plain, is compared with
 * a hash that no password has. Of a password's bytes bcrypt reads 72, here as there.
 */
export function createBasicGuard(options: BasicGuardOptions): Guard {
  const digest = createKeyedDigest();
  const nobody: Known = { plain: digest('nobody', 'nothing'), hash: undefined };
  const users = new Map<string, Known>();
  for (const { username, password, form } of options.users) {
    const known: Known =
      form === 'plain'
        ? { plain: digest('password', password.reveal()), hash: undefined }
        : { plain: undefined, hash: password };
    users.set(digest('user', username).toString('base64'), known);
  }
  const fakeHash = fakeHashFor(options.users);

  function conclude(verdict: boolean | 'busy', response: ServerResponse): boolean {
    if (verdict !== 'busy') return verdict || refuseCredentials(response, CHALLENGE);
    respondText(response, 503, 'Too many passwords wait to be checked; try again.', { 'retry-after': '2' });
    return false;
  }

  return {
    admits(request: IncomingMessage, response) {
      const given = basicCredentials(request.headers.authorization);
      if (given === undefined) return refuseCredentials(response, CHALLENGE);
      const known = users.get(digest('user', given.username).toString('base64')) ?? nobody;
      const plain = known.plain ?? nobody.plain;
      if (plain !== undefined && timingSafeEqual(digest('password', given.password), plain)) return true;
      if (fakeHash === undefined) return refuseCredentials(response, CHALLENGE);
      const caller = request.socket.remoteAddress ?? '';
      const verdict = options.hashed.fits({ ...given, caller, hash: known.hash?.reveal() ?? fakeHash });
      if (typeof verdict === 'boolean') return conclude(verdict && known.hash !== undefined, response);
      return verdict.then((found) => conclude(found === 'busy' ? found : found && known.hash !== undefined, response));
    },
  };
}

/** At the cost of the first hash, since another would tell known users from others. Undefined where there are no hashes. */
function fakeHashFor(users: readonly BasicUser[]): string | undefined {
  const hash = users.find(({ form }) => form === 'bcrypt')?.password.reveal();
  return hash === undefined
    ? undefined
    : `$2b$${hash.slice(4, 6)}$PromregatorKnowsNobodyNoonesPasswordHasThisDigest1234`;
}

/** Undefined unless it is `Basic <base64 of user:password>`; the first colon ends the user. */
function basicCredentials(authorization: string | undefined): Credentials | undefined {
  const encoded = authorization?.match(/^basic +([A-Za-z0-9+/]+={0,2})\s*$/i)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
