import type { Answer, Header } from '../http/message.js';

export type Challenge = 'basic' | 'bearer' | 'none';

/** One of UAA's refusals (facts 2.4). Thrown while a token request is worked on, answered at one place. */
export class UaaError extends Error {
  readonly status: number;
  readonly error: string;
  readonly challenge: Challenge;
  readonly extra: Readonly<Record<string, string>>;

  constructor(options: UaaErrorOptions) {
    super(options.description);
    this.name = 'UaaError';
    this.status = options.status;
    this.error = options.error;
    this.challenge = options.challenge ?? 'none';
    this.extra = options.extra ?? {};
  }
}

export interface UaaErrorOptions {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly challenge?: Challenge;
  /** Further keys of the body. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** The Basic challenge says `unauthorized` whatever the body says. */
export function uaaErrorAnswer(error: UaaError, contentType: string): Answer {
  const headers: Header[] = [
    ['Content-Type', contentType],
    ['Cache-Control', 'no-store'],
    ['Pragma', 'no-cache'],
  ];
  if (error.challenge === 'basic') {
    headers.push([
      'Www-Authenticate',
      `Basic realm="UAA/client", error="unauthorized", error_description="${error.message}"`,
    ]);
  }
  if (error.challenge === 'bearer') {
    headers.push(['Www-Authenticate', `Bearer error="${error.error}", error_description="${error.message}"`]);
  }
  const body = JSON.stringify({ error: error.error, error_description: error.message, ...error.extra });
  return { status: error.status, headers, body };
}
