import type { Milliseconds } from '../base/duration.js';
import { CodedError } from '../base/errors.js';

/** `token_refused`: the token service does not take the client. `token_failed`: it could not say, or could not be asked. */
export type TokenErrorCode = 'token_refused' | 'token_failed';

/** Why a token service gave no token: names its address, its status and its words, and no secret. */
export class TokenError extends CodedError<TokenErrorCode> {
  /** It is not asked again before. */
  readonly retryAfterMs: Milliseconds | undefined;

  constructor(
    code: TokenErrorCode,
    message: string,
    details: { readonly cause?: unknown; readonly retryAfterMs?: Milliseconds | undefined } = {},
  ) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause });
    this.retryAfterMs = details.retryAfterMs;
  }
}
