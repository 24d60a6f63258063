import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { connectionsWith } from '../../test/support/outbound/connections.js';
import { authenticatorsWith, oauth2, type TestAuthenticators } from '../../test/support/scrape/authenticators.js';
import { startTokenService } from '../../test/support/scrape/token-service.js';
import { Secret } from '../base/secret.js';
import type { AuthenticatorOptions } from './authenticator.js';

const NONE: AuthenticatorOptions = { type: 'none' };

function basic(username: string, password: string): AuthenticatorOptions {
  return { type: 'basic', username, password: new Secret(password) };
}

test.each<
  [string, AuthenticatorOptions, Readonly<Record<string, AuthenticatorOptions>>, string | undefined, string | undefined]
>([
  ['nothing', NONE, {}, undefined, undefined],
  ['the default', basic('reader', 'pw'), {}, undefined, 'reader:pw'],
  ['one by its id', basic('reader', 'pw'), { a: basic('other', 'x') }, 'a', 'other:x'],
  ['none by its id', basic('reader', 'pw'), { a: NONE }, 'a', undefined],
  ['nothing for an unknown id', basic('reader', 'pw'), { a: NONE }, 'b', undefined],
  ['the default beside others', NONE, { a: basic('other', 'x') }, undefined, undefined],
  ['a password with colons', basic('reader', 'p:a:s+s %41'), {}, undefined, 'reader:p:a:s+s %41'],
  ['UTF-8 (RFC 7617)', basic('Jürgen', 'pässword€'), {}, undefined, 'Jürgen:pässword€'],
  ['an empty password', basic('reader', ''), {}, undefined, 'reader:'],
])('basic: %s', (_, byDefault, byId, id, credentials) => {
  const value = authenticatorsWith({ byDefault, byId }).find(id).authorization();
  const decoded = Buffer.from(String(value).replace(/^Basic /, ''), 'base64').toString('utf8');
  if (credentials === undefined) expect(value).toBe(undefined);
  else expect([value, decoded]).toEqual([expect.stringMatching(/^Basic [A-Za-z0-9+/]+=*$/), credentials]);
});

test('bearer', () => {
  const found = authenticatorsWith({ byDefault: { type: 'bearer', token: new Secret('abc.def-1') } }).find(undefined);
  expect(found.authorization()).toBe('Bearer abc.def-1');
});

test.each<[string, AuthenticatorOptions]>([
  ['none', NONE],
  ['basic', basic('reader', 'tell-nobody')],
  ['bearer', { type: 'bearer', token: new Secret('tell-nobody') }],
])('%s has nothing else to offer after a 401', (_, options) => {
  const found = authenticatorsWith({ byDefault: options }).find(undefined);
  expect([found.replacement('Basic x'), found.tokenService]).toEqual([undefined, undefined]);
});

test.each<[string, AuthenticatorOptions]>([
  ['basic', basic('reader', 'tell-nobody')],
  ['bearer', { type: 'bearer', token: new Secret('tell-nobody') }],
  ['oauth2', oauth2('http://127.0.0.1:1/oauth/token', { clientSecret: new Secret('tell-nobody') })],
])('%s shows no secret when it is printed', (_, options) => {
  const authenticators = authenticatorsWith({ byDefault: options });
  const printed = inspect(authenticators, { depth: 9 }) + JSON.stringify(authenticators.find(undefined));
  expect(printed).not.toMatch(/tell-nobody|dGVsbC1ub2JvZH|cmVhZGVy/);
});

describe('those that take over', () => {
  interface Change {
    readonly name?: string;
    readonly options?: Partial<ReturnType<typeof oauth2>>;
    readonly connections?: 'others';
  }

  test.each<[string, Change, string]>([
    ['keep the token of the same client', {}, 'Bearer token-1'],
    [
      'keep it when the same texts were read again',
      { options: { clientSecret: new Secret('tell-nobody') } },
      'Bearer token-1',
    ],
    ['get another for another secret', { options: { clientSecret: new Secret('other') } }, 'Bearer token-2'],
    ['get another for no secret', { options: { clientSecret: undefined } }, 'Bearer token-2'],
    ['get another for another client', { options: { clientId: 'other' } }, 'Bearer token-2'],
    ['get another for other scopes', { options: { scopes: ['a'] } }, 'Bearer token-2'],
    ['get another under another id', { name: 'b' }, 'Bearer token-2'],
    ['get another for other TLS settings', { connections: 'others' }, 'Bearer token-2'],
  ])('%s', async (_, { name = 'a', options = {}, connections }, expected) => {
    const { url } = await startTokenService();
    const kept = connectionsWith();
    const before = authenticatorsWith({ byId: { a: oauth2(url) }, connectionsFor: () => kept });
    expect(await before.find('a').authorization()).toBe('Bearer token-1');
    const after: TestAuthenticators = authenticatorsWith({
      byId: { [name]: oauth2(url, options) },
      connectionsFor: () => (connections === 'others' ? connectionsWith() : kept),
      before,
    });
    expect(await after.find(name).authorization()).toBe(expected);
  });
});
