import { type Clock, systemClock } from '../../../src/base/clock.js';
import { Secret } from '../../../src/base/secret.js';
import { PLAIN_TLS } from '../../../src/config/tls-material/tls-config.js';
import {
  type AuthenticatorOptions,
  type Authenticators,
  type AuthenticatorsOptions,
  createAuthenticators,
  type OAuth2Options,
} from '../../../src/credentials/authenticator.js';
import { type RecordedLog, recordedLog } from '../foundation/recorded-log.js';
import { connectionsWith } from '../outbound/connections.js';

export interface TestAuthenticators extends Authenticators {
  readonly logged: RecordedLog;
  /** `<authenticator> <result>` of each token request. */
  readonly results: readonly string[];
}

export interface WantedAuthenticators
  extends Partial<Omit<AuthenticatorsOptions, 'byId' | 'log' | 'observe' | 'clock'>> {
  readonly byId?: Readonly<Record<string, AuthenticatorOptions>>;
  readonly clock?: Clock;
}

/** With connections that end with the test, opened only where a token service has to be asked. */
export function authenticatorsWith({ byId = {}, ...wanted }: WantedAuthenticators = {}): TestAuthenticators {
  const logged = recordedLog();
  const results: string[] = [];
  const authenticators = createAuthenticators({
    byDefault: { type: 'none' },
    connectionsFor: (tls) => connectionsWith({ tls }),
    clock: systemClock,
    ...wanted,
    byId: new Map(Object.entries(byId)),
    log: logged.log,
    observe: { tokenRequested: (authenticator, result) => results.push(`${authenticator} ${result}`) },
  });
  return { ...authenticators, logged, results };
}

/** A client of the token service at that address. */
export function oauth2(tokenUrl: string, changes: Partial<OAuth2Options> = {}): OAuth2Options {
  return {
    type: 'oauth2',
    tokenUrl,
    clientId: 'scraper',
    clientSecret: new Secret('tell-nobody'),
    scopes: [],
    tls: PLAIN_TLS,
    ...changes,
  };
}
