import type { Clock } from '../base/clock.js';
import type { Secret } from '../base/secret.js';
import type { TlsConfig } from '../config/config.js';
import type { Connections } from '../outbound/connections.js';
import type { Log } from '../telemetry/log.js';
import { createClientToken } from './client-token.js';
import { createTokenService, type TokenRequestResult } from './token-service.js';

/** What proves to an application that we may scrape it. */
export interface Authenticator {
  /** Where its tokens come from, for people; undefined where nobody has to be asked. */
  readonly tokenService: string | undefined;
  /**
   * Value of the Authorization header; undefined for none. A promise only while there is no token to hand out.
   *
   * @throws {TokenError} by the promise: the token service gave none
   */
  authorization(): string | undefined | Promise<string>;
  /**
   * The application answered 401 to this value: another one to send once more, undefined when there is none.
   *
   * @throws {TokenError} by the promise
   */
  replacement(refused: string): string | undefined | Promise<string>;
}

export type AuthenticatorOptions =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly type: 'bearer'; readonly token: Secret }
  | OAuth2Options;

/** Client credentials grant, by secret or by client certificate. */
export interface OAuth2Options {
  readonly type: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Undefined: the client certificate of `tls` takes its place. */
  readonly clientSecret: Secret | undefined;
  readonly scopes: readonly string[];
  /** Towards the token service. */
  readonly tls: TlsConfig;
}

export interface AuthenticatorsOptions {
  readonly byDefault: AuthenticatorOptions;
  readonly byId: ReadonlyMap<string, AuthenticatorOptions>;
  /**
   * Connections towards a token service; called once for each authenticator that has one. Whoever makes them closes them,
   * and hands out the same for the same settings where tokens are to outlive a reload.
   */
  readonly connectionsFor: (tls: TlsConfig) => Connections;
  /** Those that these take over from: clients that are in both keep their tokens. */
  readonly before?: Authenticators | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: AuthenticatorObserver;
}

export interface AuthenticatorObserver {
  /** By the authenticator's id, or `default`. */
  tokenRequested(authenticator: string, result: TokenRequestResult): void;
}

export interface Authenticators {
  /**
   * By a rule's `authenticatorId`; undefined means the default one. One that is not known sends nothing: right after a
   * reload a target may still name an authenticator that is gone, and the default's credentials are not meant for it.
   */
  find(id: string | undefined): Authenticator;
  /** Clients of token services, for those who take over. */
  readonly clients: readonly TokenClientInUse[];
}

export interface TokenClientInUse {
  readonly name: string;
  readonly options: OAuth2Options;
  readonly connections: Connections;
  readonly authenticator: Authenticator;
}

export function createAuthenticators(options: AuthenticatorsOptions): Authenticators {
  // What `find` closes over must not lead to `options.before`, or each reload would keep all earlier ones in memory.
  const { fallback, known, clients } = createAll(options);
  return { find: (id) => (id === undefined ? fallback : (known.get(id) ?? unchanging(undefined))), clients };
}

interface AllAuthenticators {
  readonly fallback: Authenticator;
  readonly known: ReadonlyMap<string, Authenticator>;
  readonly clients: readonly TokenClientInUse[];
}

function createAll(options: AuthenticatorsOptions): AllAuthenticators {
  const clients: TokenClientInUse[] = [];

  function create(name: string, each: AuthenticatorOptions): Authenticator {
    switch (each.type) {
      case 'none':
        return unchanging(undefined);
      case 'basic':
        return unchanging(basicOf(each.username, each.password));
      case 'bearer':
        return unchanging(`Bearer ${each.token.reveal()}`);
      case 'oauth2': {
        const client = clientInUse(name, each, options);
        clients.push(client);
        return client.authenticator;
      }
    }
  }

  const fallback = create('default', options.byDefault);
  // One that is the default by another name shares its token.
  const named = (id: string, each: AuthenticatorOptions): Authenticator =>
    each === options.byDefault ? fallback : create(id, each);
  const known = new Map([...options.byId].map(([id, each]) => [id, named(id, each)]));
  return { fallback, known, clients };
}

function clientInUse(name: string, options: OAuth2Options, parts: AuthenticatorsOptions): TokenClientInUse {
  const { clock, log, observe } = parts;
  const connections = parts.connectionsFor(options.tls);
  const known = parts.before?.clients.find((each) => isSameClient(each, { name, options, connections }));
  if (known !== undefined) return known;
  const requested = (result: TokenRequestResult): void => observe.tokenRequested(name, result);
  const service = createTokenService({ ...options, connections, clock, requested });
  const token = createClientToken({ name, service, clock, log });
  return { name, options, connections, authenticator: { tokenService: service.address, ...token } };
}

/** The same connections mean the same settings of TLS, the client certificate among them. */
function isSameClient(one: TokenClientInUse, other: Omit<TokenClientInUse, 'authenticator'>): boolean {
  return (
    one.name === other.name &&
    one.connections === other.connections &&
    one.options.tokenUrl === other.options.tokenUrl &&
    one.options.clientId === other.options.clientId &&
    one.options.clientSecret?.reveal() === other.options.clientSecret?.reveal() &&
    one.options.scopes.join(' ') === other.options.scopes.join(' ')
  );
}

function unchanging(value: string | undefined): Authenticator {
  return { tokenService: undefined, authorization: () => value, replacement: () => undefined };
}

/** RFC 7617: user-id and password, joined by a colon, in UTF-8. */
function basicOf(username: string, password: Secret): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64')}`;
}
