import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../base/secret.js';
import { type AuthenticatorOptions, createAuthenticators } from './authenticator.js';

const NONE: AuthenticatorOptions = { type: 'none' };

function basic(username: string, password: string): AuthenticatorOptions {
  return { type: 'basic', username, password: new Secret(password) };
}

test.each<
  [string, AuthenticatorOptions, ReadonlyMap<string, AuthenticatorOptions>, string | undefined, string | undefined]
>([
  ['nothing', NONE, new Map(), undefined, undefined],
  ['the default', basic('reader', 'pw'), new Map(), undefined, 'reader:pw'],
  ['one by its id', basic('reader', 'pw'), new Map([['a', basic('other', 'x')]]), 'a', 'other:x'],
  ['none by its id', basic('reader', 'pw'), new Map([['a', NONE]]), 'a', undefined],
  ['the default for an unknown id', basic('reader', 'pw'), new Map([['a', NONE]]), 'b', 'reader:pw'],
  ['the default beside others', NONE, new Map([['a', basic('other', 'x')]]), undefined, undefined],
  ['a password with colons', basic('reader', 'p:a:s+s %41'), new Map(), undefined, 'reader:p:a:s+s %41'],
  ['UTF-8 (RFC 7617)', basic('Jürgen', 'pässword€'), new Map(), undefined, 'Jürgen:pässword€'],
  ['an empty password', basic('reader', ''), new Map(), undefined, 'reader:'],
])('%s', (_, byDefault, byId, id, credentials) => {
  const value = createAuthenticators(byDefault, byId).find(id).authorization();
  const decoded =
    value === undefined ? undefined : Buffer.from(value.replace(/^Basic /, ''), 'base64').toString('utf8');
  expect(decoded).toBe(credentials);
  if (credentials !== undefined) expect(value).toMatch(/^Basic [A-Za-z0-9+/]+=*$/);
});

test('an authenticator shows no secret when it is printed', () => {
  const found = createAuthenticators(basic('reader', 'tell-nobody'), new Map()).find(undefined);
  expect(inspect(found) + JSON.stringify(found)).not.toContain('tell-nobody');
});
