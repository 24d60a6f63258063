import type { InboundAuth, InboundConfig, InboundUser } from '../config.js';
import type { Path } from '../path.js';
import type { Reporter } from '../report.js';
import type { RawConfig } from '../schema/root.js';
import { checkUnique } from './name.js';
import { readPassword } from './password-form.js';
import { checkUserName } from './user-name.js';

type RawPromregator = RawConfig['promregator'];

const AUTHENTICATION: Path = ['promregator', 'authentication'];

/** The user that the original has where nobody names one. */
const DEFAULT_USER = 'promregator';

/** Who may call us. `webUsers`: those of the web config file. */
export function resolveInbound(
  raw: RawPromregator,
  webUsers: readonly InboundUser[],
  reporter: Reporter,
): InboundConfig {
  const written = {
    discovery: raw.discovery.auth,
    endpoint: raw.endpoint.auth,
    metrics: raw.metrics.auth,
    cacheInvalidate: raw.cache.invalidate.auth,
  };
  const own = resolveUsers(raw, reporter);
  const tokens = resolveTokens(raw, reporter);
  const auth = {
    discovery: written.discovery ?? 'NONE',
    endpoint: written.endpoint ?? 'NONE',
    metrics: written.metrics ?? 'NONE',
    cacheInvalidate: written.cacheInvalidate ?? 'NONE',
  };
  if (webUsers.length > 0) {
    reportBesideWebUsers(written, own, reporter);
    return { auth, users: webUsers, madeUpUser: undefined, tokens, everything: true };
  }
  const guards = Object.values(auth);
  if (guards.includes('BEARER') && tokens.length === 0) {
    const remedy = 'name tokens there, or a file by promregator.authentication.bearer.tokensFile';
    const expected = 'at least one token, since an auth option says BEARER';
    reporter.missing([...AUTHENTICATION, 'bearer', 'tokens'], { expected, remedy });
  }
  const madeUp = guards.includes('BASIC') && own.length === 0;
  return {
    auth,
    users: own,
    madeUpUser: madeUp ? raw.authentication.basic.username : undefined,
    tokens,
    everything: false,
  };
}

function resolveUsers(raw: RawPromregator, reporter: Reporter): readonly InboundUser[] {
  const { basic, users } = raw.authentication;
  const seen = new Set<string>();
  const all: InboundUser[] = [];
  const add = (user: RawPromregator['authentication']['users'][number], path: Path): void => {
    const { username, password } = user;
    if (username === undefined) reporter.missing([...path, 'username'], { expected: 'the name of the user' });
    if (password === undefined) reporter.missing([...path, 'password'], { expected: 'the password of the user' });
    if (username === undefined) return;
    checkUserName(username, [...path, 'username'], reporter);
    checkUnique(username, seen, [...path, 'username'], reporter);
    if (password !== undefined) all.push({ username, ...readPassword(password, [...path, 'password'], reporter) });
  };
  if (basic.password !== undefined) add(basic, [...AUTHENTICATION, 'basic']);
  for (const [index, user] of users.entries()) add(user, [...AUTHENTICATION, 'users', index]);
  if (basic.password === undefined && users.length > 0 && basic.username !== DEFAULT_USER) {
    const found = 'a user without password, who is not admitted';
    reporter.warning([...AUTHENTICATION, 'basic', 'username'], { found, expected: 'its password beside it' });
  }
  return all;
}

function resolveTokens(raw: RawPromregator, reporter: Reporter): InboundConfig['tokens'] {
  const { tokens } = raw.authentication.bearer;
  for (const [index, token] of tokens.entries()) {
    if (/^[\x21-\x7e]+$/.test(token.reveal())) continue;
    const expected = 'a token of printable ASCII characters without spaces';
    reporter.error([...AUTHENTICATION, 'bearer', 'tokens', index], { found: 'a value (not shown)', expected });
  }
  return tokens;
}

const OPTIONS: Readonly<Record<keyof InboundConfig['auth'], Path>> = {
  discovery: ['promregator', 'discovery', 'auth'],
  endpoint: ['promregator', 'endpoint', 'auth'],
  metrics: ['promregator', 'metrics', 'auth'],
  cacheInvalidate: ['promregator', 'cache', 'invalidate', 'auth'],
};

function reportBesideWebUsers(
  written: Readonly<Record<keyof InboundConfig['auth'], InboundAuth | undefined>>,
  own: readonly InboundUser[],
  reporter: Reporter,
): void {
  const names = ['discovery', 'endpoint', 'metrics', 'cacheInvalidate'] as const;
  for (const name of names.filter((each) => written[each] !== undefined)) {
    reporter.error(OPTIONS[name], {
      found: `"${written[name]}" beside basic_auth_users of the web config file`,
      expected: 'one or the other, since those users guard everything but health',
      remedy: 'remove one of them',
    });
  }
  if (own.length === 0) return;
  const found = 'users beside basic_auth_users of the web config file';
  reporter.warning(AUTHENTICATION, { found, expected: 'one or the other', remedy: 'those of the file are admitted' });
}
