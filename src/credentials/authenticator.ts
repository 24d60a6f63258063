import type { Secret } from '../base/secret.js';

/** What proves to an application that we may scrape it. */
export interface Authenticator {
  /** Value of the Authorization header; undefined for none. */
  authorization(): string | undefined;
}

export type AuthenticatorOptions =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret };

export interface Authenticators {
  /** By a rule's `authenticatorId`; undefined means the default one. */
  find(id: string | undefined): Authenticator;
}

const NONE: Authenticator = { authorization: () => undefined };

export function createAuthenticators(
  defaults: AuthenticatorOptions,
  byId: ReadonlyMap<string, AuthenticatorOptions>,
): Authenticators {
  const fallback = createAuthenticator(defaults);
  const known = new Map([...byId].map(([id, options]) => [id, createAuthenticator(options)]));
  return { find: (id) => (id === undefined ? fallback : (known.get(id) ?? fallback)) };
}

function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  if (options.type === 'none') return NONE;
  // RFC 7617: user-id and password, joined by a colon, in UTF-8.
  const credentials = Buffer.from(`${options.username}:${options.password.reveal()}`, 'utf8').toString('base64');
  return { authorization: () => `Basic ${credentials}` };
}
