import type { Clock } from '../base/clock.js';
import type { Milliseconds } from '../base/duration.js';
import { oneLine } from '../base/errors.js';
import type { Connections } from '../outbound/connections.js';
import { fetchWhole, type WholeAnswer } from '../outbound/fetch-whole.js';
import { retryAfterMs } from '../outbound/retry-after.js';
import { readTokenAnswer } from './token-answer.js';
import { TokenError } from './token-error.js';
import { type ClientAuthentication, type TokenClient, tokenRequest } from './token-request.js';
import { withoutSecret } from './without-secret.js';

export interface TokenServiceOptions extends TokenClient {
  readonly tokenUrl: string;
  readonly connections: Connections;
  readonly clock: Clock;
  /** Told of each request. */
  readonly requested: (result: TokenRequestResult) => void;
}

export type TokenRequestResult = 'success' | 'refused' | 'failed';

export interface GrantedToken {
  readonly token: string;
  /** From when it was asked for. */
  readonly lifetimeMs: Milliseconds;
}

export interface TokenService {
  /** For people: the address without query. */
  readonly address: string;
  /**
   * Asks for a token: one request, or two when the service may want id and secret elsewhere.
   *
   * @throws {TokenError}
   */
  request(): Promise<GrantedToken>;
}

const TIMEOUT_MS: Milliseconds = 30_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** A token service, asked with id and secret in the form body first: every UAA takes every secret so (facts/cloud-foundry.md 2.1). */
export function createTokenService(options: TokenServiceOptions): TokenService {
  const { origin, pathname, search } = new URL(options.tokenUrl);
  const address = origin + pathname;
  const place = `the token service ${address}`;
  let preferred: ClientAuthentication = 'form';

  /** Undefined when the client is refused, but may be taken with id and secret elsewhere. */
  async function attempt(by: ClientAuthentication, earlier: string[]): Promise<GrantedToken | undefined> {
    const whole = await post(by);
    const answer = readTokenAnswer(whole);
    if (answer.kind === 'granted') {
      options.requested('success');
      preferred = by;
      return answer;
    }
    options.requested(answer.kind);
    earlier.push(oneLine(withoutSecret(answer.words, options)).slice(0, 300));
    if (answer.kind === 'refused' && answer.isClientInDoubt && earlier.length < waysOf(options)) return undefined;
    const said = `(${earlier.join('; with id and secret elsewhere: ')})`;
    const details = { retryAfterMs: retryAfterMs(whole.headers, options.clock.now()) };
    if (answer.kind === 'failed') throw new TokenError('token_failed', `${place} gave no token ${said}`, details);
    const client = oneLine(options.clientId).slice(0, 100);
    throw new TokenError('token_refused', `${place} refuses the client ${client} ${said}`, details);
  }

  async function post(by: ClientAuthentication): Promise<WholeAnswer> {
    try {
      return await fetchWhole(
        options.connections,
        { origin, path: pathname + search, method: 'POST', ...tokenRequest(options, by) },
        { maxBytes: MAX_ANSWER_BYTES, deadlineMs: TIMEOUT_MS },
      );
    } catch (cause) {
      options.requested('failed');
      throw new TokenError('token_failed', `no answer from ${place}`, { cause });
    }
  }

  return {
    address,
    async request() {
      const said: string[] = [];
      const other = preferred === 'form' ? 'basic' : 'form';
      const granted = (await attempt(preferred, said)) ?? (await attempt(other, said));
      // The second attempt grants or throws.
      if (granted === undefined) throw new TokenError('token_failed', `${place} gave no token`);
      return granted;
    },
  };
}

/** Without a secret there is nothing to put elsewhere. */
function waysOf({ clientSecret }: TokenClient): number {
  return clientSecret === undefined ? 1 : 2;
}
