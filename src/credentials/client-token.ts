import type { Clock } from '../base/clock.js';
import { formatDuration, type Milliseconds } from '../base/duration.js';
import { describeError, errorCode } from '../base/errors.js';
import type { Log } from '../telemetry/log.js';
import { TokenError } from './token-error.js';
import type { TokenService } from './token-service.js';

export interface ClientTokenOptions {
  /** The authenticator's id, for the log. */
  readonly name: string;
  readonly service: TokenService;
  readonly clock: Clock;
  readonly log: Log;
}

/** What an authenticator hands out; promises reject with a TokenError. */
export interface ClientToken {
  authorization(): string | Promise<string>;
  replacement(refused: string): string | undefined | Promise<string>;
}

/** The original keeps no token for longer, so that a right that is granted or taken is felt: renewed then, but used on where that fails. */
const RENEW_AFTER_MS: Milliseconds = 10 * 60_000;

/** Renewed when less than this is left, while the old one still serves; half of a short life. */
const RENEW_AHEAD_MS: Milliseconds = 60_000;

/** Not used in its last seconds, as in the original, since the application checks it later than we do; a quarter of a short life. */
const END_AHEAD_MS: Milliseconds = 30_000;

/**
 * A token that was got because an application refused the one before is not replaced for this long: an application that
 * says 401 to every token must not make a request for each of its scrapes.
 */
const REPLACED_AGAIN_AFTER_MS: Milliseconds = 60_000;

/** Pauses after a refusal. Clients are not locked out (facts/cloud-foundry.md 2.4), but nothing changes by asking. */
const REFUSED_PAUSES_MS: readonly Milliseconds[] = [30_000, 2 * 60_000, 10 * 60_000];

/** Pauses while the token service is out of order. */
const FAILED_PAUSES_MS: readonly Milliseconds[] = [1_000, 5_000, 15_000, 30_000];

interface HeldToken {
  readonly authorization: string;
  readonly renewAt: Milliseconds;
  readonly endsAt: Milliseconds;
  readonly replaceableAt: Milliseconds;
}

/** One client's token, fetched once for all scrapes that wait and renewed while the old one serves. */
export function createClientToken(options: ClientTokenOptions): ClientToken {
  const { service, clock, log, name } = options;
  let current: HeldToken | undefined;
  let flight: Promise<string> | undefined;
  let isReplacement = false;
  let pause: { readonly until: Milliseconds; readonly error: TokenError } | undefined;
  let refusals = 0;
  let failures = 0;

  function renew(): Promise<string> {
    if (flight !== undefined) return flight;
    const leftMs = pauseLeftMs();
    if (pause !== undefined && leftMs > 0) return Promise.reject(askedAgainIn(leftMs, pause.error));
    flight = fetchToken().finally(() => {
      flight = undefined;
      isReplacement = false;
    });
    return flight;
  }

  function pauseLeftMs(): Milliseconds {
    return pause === undefined ? 0 : pause.until - clock.monotonic();
  }

  async function fetchToken(): Promise<string> {
    const askedAt = clock.monotonic();
    try {
      const { token, lifetimeMs } = await service.request();
      const authorization = `Bearer ${token}`;
      current = {
        authorization,
        renewAt: askedAt + Math.min(RENEW_AFTER_MS, lifetimeMs - Math.min(RENEW_AHEAD_MS, lifetimeMs / 2)),
        endsAt: askedAt + lifetimeMs - Math.min(END_AHEAD_MS, lifetimeMs / 4),
        replaceableAt: isReplacement ? askedAt + REPLACED_AGAIN_AFTER_MS : askedAt,
      };
      if (pause !== undefined) log.info('the token service gives tokens again', { authenticator: name });
      pause = undefined;
      refusals = 0;
      failures = 0;
      return authorization;
    } catch (error) {
      throw hold(error instanceof TokenError ? error : new TokenError('token_failed', describeError(error)));
    }
  }

  /** Remembers the failure, so that scrapes do not each ask again. */
  function hold(error: TokenError): TokenError {
    const isRefused = error.code === 'token_refused';
    const pauses = isRefused ? REFUSED_PAUSES_MS : FAILED_PAUSES_MS;
    const count = isRefused ? refusals : failures;
    const pauseMs = Math.max(pauses[Math.min(count, pauses.length - 1)] ?? 0, error.retryAfterMs ?? 0);
    if (isRefused) refusals += 1;
    else failures += 1;
    pause = { until: clock.monotonic() + pauseMs, error };
    const held = askedAgainIn(pauseMs, error);
    // We are stopping, or a reload has left this authenticator behind.
    if (errorCode(error.cause) !== 'closed')
      log.error('no token for scrapes can be had', { authenticator: name, error: held });
    return held;
  }

  function authorization(): string | Promise<string> {
    const now = clock.monotonic();
    if (current === undefined || now >= current.endsAt) return renew();
    if (now >= current.renewAt && pauseLeftMs() <= 0) renew().catch(() => undefined);
    return current.authorization;
  }

  return {
    authorization,
    replacement(refused) {
      if (current?.authorization !== refused) return authorization();
      if (clock.monotonic() < current.replaceableAt) return undefined;
      // The refused one stays in force until there is another: one application may be wrong about it.
      const another = renew();
      // In a pause nothing is under way, and what comes after it comes by itself.
      isReplacement = flight !== undefined;
      return another;
    },
  };
}

function askedAgainIn(leftMs: Milliseconds, error: TokenError): TokenError {
  return new TokenError(error.code, `${error.message}; asked again in ${formatDuration(leftMs)}`, {
    cause: error.cause,
    retryAfterMs: leftMs,
  });
}
