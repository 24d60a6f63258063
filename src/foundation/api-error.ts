import type { Milliseconds } from '../base/duration.js';
import { CodedError, errorCode } from '../base/errors.js';

export type ApiErrorCode =
  /** No complete answer: refused, reset, too late. */
  | 'api_unreachable'
  /** An answer, but with another status than 200. */
  | 'api_status'
  /** Nothing was sent, since the API asked for a pause. */
  | 'api_paused'
  /** 200 with something that is not the document asked for. */
  | 'api_answer'
  /** UAA refuses user, password or client. */
  | 'login_refused'
  /** UAA gives no token for another reason. */
  | 'login_failed'
  /** Pages moved while they were read. */
  | 'list_incomplete';

export interface ApiErrorDetails {
  readonly cause?: unknown;
  readonly status?: number;
  /** `X-Vcap-Request-Id` of the answer, for the platform's operators. */
  readonly requestId?: string | undefined;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs?: Milliseconds | undefined;
}

/** A request to Cloud Foundry that did not bring what it was sent for. */
export class ApiError extends CodedError<ApiErrorCode> {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: Milliseconds | undefined;

  constructor(code: ApiErrorCode, message: string, details: ApiErrorDetails = {}) {
    super(code, message, 'cause' in details ? { cause: details.cause } : undefined);
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The same for faults that are alike: without ids, times and other words that differ from one answer to the next. */
export function reasonOf({ code, status, cause }: ApiError): string {
  const causes = cause instanceof ApiError ? reasonOf(cause) : (errorCode(cause) ?? '');
  return [code, status ?? '', causes].join(' ').trim();
}
