import { type Answer, JSON_TYPE, TEXT_TYPE } from '../http/message.js';

/** One of Cloud Controller's errors (facts 4). Thrown while a request is worked on, answered at one place. */
export class CapiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly title: string;

  constructor(options: CapiErrorOptions) {
    super(options.detail);
    this.name = 'CapiError';
    this.status = options.status;
    this.code = options.code;
    this.title = options.title;
  }
}

export interface CapiErrorOptions {
  readonly status: number;
  readonly code: number;
  readonly title: string;
  readonly detail: string;
}

/** The order of the keys is Cloud Controller's. The rate limiter's body is JSON under the type of a text. */
export function errorAnswer(error: CapiError): Answer {
  const body = JSON.stringify({ errors: [{ detail: error.message, title: error.title, code: error.code }] });
  const type = error.status === 429 ? TEXT_TYPE : JSON_TYPE;
  return { status: error.status, headers: [['Content-Type', type]], body };
}

export function badQuery(messages: readonly string[]): CapiError {
  const detail = `The query parameter is invalid: ${messages.join(', ')}`;
  return new CapiError({ status: 400, code: 10005, title: 'CF-BadQueryParameter', detail });
}

/** Also what is said of things that the caller may not see. */
export function notFound(what: string): CapiError {
  return new CapiError({ status: 404, code: 10010, title: 'CF-ResourceNotFound', detail: `${what} not found` });
}

export function unknownRequest(): CapiError {
  return new CapiError({ status: 404, code: 10000, title: 'CF-NotFound', detail: 'Unknown request' });
}

export function notAuthenticated(): CapiError {
  return new CapiError({ status: 401, code: 10002, title: 'CF-NotAuthenticated', detail: 'Authentication error' });
}

export function invalidAuthToken(): CapiError {
  return new CapiError({ status: 401, code: 1000, title: 'CF-InvalidAuthToken', detail: 'Invalid Auth Token' });
}

export function notAuthorized(): CapiError {
  const detail = 'You are not authorized to perform the requested action';
  return new CapiError({ status: 403, code: 10003, title: 'CF-NotAuthorized', detail });
}

export function uaaUnavailable(): CapiError {
  const detail = 'The UAA service is currently unavailable';
  return new CapiError({ status: 502, code: 20004, title: 'CF-UaaUnavailable', detail });
}

/** The one title without `CF-`. */
export function unknownError(): CapiError {
  return new CapiError({ status: 500, code: 10001, title: 'UnknownError', detail: 'An unknown error occurred.' });
}

export function statsUnavailable(): CapiError {
  const detail = 'Stats unavailable: Stats server temporarily unavailable.';
  return new CapiError({ status: 503, code: 200002, title: 'CF-StatsUnavailable', detail });
}
